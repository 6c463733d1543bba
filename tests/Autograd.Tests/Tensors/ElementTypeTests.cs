using System.Numerics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

public sealed class ElementTypeTests
{
    private const DType Unknown = (DType)99;

    public static TheoryData<DType> All => [.. Enum.GetValues<DType>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_element_type_can_be_filled_read_copied_and_repeated(DType type)
    {
        Value one = Value.Full(1, type, 3, 1);
        Assert.Equal(3 * type.Size(), one.ByteCount);
        Variable x = Variable.Input("x", type, [3, 1]);
        Value[] results = Function.Compile([x], [x.Transpose(), Ops.Expand(x, [3, 5]), Ops.Concat(0, x, x), x.Cast(DType.Float64)]).Run(one);
        Assert.All(results, r => Assert.All(Enumerable.Range(0, r.Count), i => Assert.Equal(1, r[i])));
        Assert.Equal([3, 15, 6, 3], results.Select(r => r.Count));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Arithmetic_takes_every_number_type_and_names_what_it_refuses(DType type)
    {
        var seen = new Seen();
        if (type == DType.Bool)
        {
            DTypeException error = Assert.Throws<DTypeException>(() => NumberDispatch.Run(type, "Add", seen));
            Assert.Equal("Add expects a number type, found Bool.", error.Message);
            return;
        }

        NumberDispatch.Run(type, "Add", seen);
        Assert.Equal(type, seen.Type);
        Variable x = Variable.Input("x", type, [2]);
        Assert.Equal([5.0, 5.0], Numbers(Function.Compile([x], [x + x + 1]).Run(Value.Full(2, type, 2))[0]));
    }

    [Fact]
    public void A_type_that_does_not_exist_is_taken_for_no_other()
    {
        Assert.Contains("99", Assert.Throws<DTypeException>(() => Unknown.Size()).Message, StringComparison.Ordinal);
        Assert.Contains("99", Assert.Throws<DTypeException>(() => NumberDispatch.Run(Unknown, "Add", new Seen())).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<double> Numbers(Value value) => Enumerable.Range(0, value.Count).Select(i => value[i]);

    private sealed class Seen : INumberAction
    {
        public DType Type { get; private set; }

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => Type = DTypes.Of<T>();
    }
}
