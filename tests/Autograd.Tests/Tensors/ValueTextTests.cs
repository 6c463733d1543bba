using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

/// <summary>A value printed shows its numbers.</summary>
public sealed class ValueTextTests
{
    public static TheoryData<Value, string> Printed => new()
    {
        { Value.Of(1.5f), "Float32[] 1.5" },
        { Value.Of([1f, -2, float.NaN, float.PositiveInfinity], 2, 2), "Float32[2, 2] [[1, -2], [NaN, Infinity]]" },
        { Value.Of([1e-3, 2], 2), "Float64[2] [0.001, 2]" },
        { Value.Of([1L, 2, 3, 4, 5, 6], 6), "Int64[6] [1, 2, 3, 4, 5, 6]" },
        { Value.Of([1L, 2, 3, 4, 5, 6, 7, 8], 8), "Int64[8] [1, 2, 3, …, 6, 7, 8]" },
        { Value.Of([.. Enumerable.Range(0, 14)], 7, 2), "Int32[7, 2] [[0, 1], [2, 3], [4, 5], …, [8, 9], [10, 11], [12, 13]]" },
        { Value.Of([true, false], 2), "Bool[2] [true, false]" },
        { Value.Of(["a", "b"], 2), "String[2] [\"a\", \"b\"]" },
        { Value.Of([(Half)0.5], 1), "Float16[1] [0.5]" },
        { Value.Zeros(DType.Float32, 0, 3), "Float32[0, 3] []" },
        { Value.Zeros(DType.Float32, 1, 1, 1, 1, 1), "Float32[1, 1, 1, 1, 1]" },
    };

    [Theory]
    [MemberData(nameof(Printed), DisableDiscoveryEnumeration = true)]
    public void A_value_prints_type_sizes_and_numbers(Value value, string expected) => Assert.Equal(expected, value.ToString());
}
