using System.Numerics;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

public sealed class ElementTypeTests
{
    private const DType Unknown = (DType)99;

    public static TheoryData<DType> All => [.. Enum.GetValues<DType>()];

    /// <summary>The types whose elements are real numbers or truth values.</summary>
    public static TheoryData<DType> Real => [.. Enum.GetValues<DType>().Where(type => type is not (DType.String or DType.Complex64 or DType.Complex128))];

    [Fact]
    public void The_table_has_every_type_once_by_its_number_in_ONNX()
    {
        Assert.Equal(Enumerable.Range(1, 26), ElementType.All.Select(row => row.Code));
        Assert.Equal(Enum.GetValues<DType>(), ElementType.All.Select(row => row.Type).Order());
        Assert.All(ElementType.All, row =>
        {
            Assert.Same(row, ElementType.Of(row.Type));
            Assert.Equal(row.Type, DTypes.OfOnnx(row.Code));
            Assert.Equal(row.Type, DTypes.OfOnnx(row.Name.ToUpperInvariant()));
        });
    }

    [Fact]
    public void An_element_takes_as_many_bytes_as_the_C_sharp_type_that_stores_it()
    {
        Check<float>();
        Check<double>();
        Check<sbyte>();
        Check<short>();
        Check<int>();
        Check<long>();
        Check<byte>();
        Check<ushort>();
        Check<uint>();
        Check<ulong>();
        Check<bool>();
        Check<Half>();
        Check<BFloat16>();
        Check<Complex64>();
        Check<Complex>();

        static void Check<T>()
            where T : unmanaged
        {
            ElementType row = ElementType.Of(DTypes.Of<T>());
            Assert.Equal(typeof(T), row.Storage);
            Assert.Equal(Unsafe.SizeOf<T>(), row.Bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Every_type_of_numbers_can_be_filled_read_moved_and_repeated(DType type)
    {
        Value one = Value.Full(1, type, 3, 1);
        Assert.Equal(3 * type.Size(), one.ByteCount);
        Variable x = Variable.Input("x", type, [3, 1]), condition = Variable.Of(Value.Of([true, false, true], 3, 1));
        var outputs = new List<Variable> { x.Transpose(), x.Reshape([3]), Ops.Pad(x, [0, 0], [1, 1], 1), x.Cast(DType.Float64) };

        // The standard gives the types of eight bits and less to a few operators alone.
        if (type.Size() > 1 || type is DType.Bool or DType.Int8 or DType.UInt8)
            outputs.AddRange([Ops.Expand(x, [3, 5]), Ops.Concat(0, x, x), Ops.Slice(x, 0, 1, 3), Ops.Gather(x, Variable.Of(Value.Of([2L], 1))), Ops.Where(condition, x, x)]);
        Value[] results = Function.Compile([x], outputs).Run(one);
        Assert.All(results, r => Assert.All(Enumerable.Range(0, r.Count), i => Assert.Equal(1, r[i])));
        Assert.Equal(new[] { 3, 3, 8, 3, 15, 6, 2, 1, 3 }.Take(outputs.Count), results.Select(r => r.Count));
    }

    [Fact]
    public void Complex_numbers_are_moved_as_they_are()
    {
        Complex[] numbers = [new(1, 2), new(3, 4), new(5, 6)];
        Variable x = Variable.Input("x", DType.Complex128, [3, 1]), flag = Variable.Input("flag", DType.Bool, [3, 1]);
        Value[] results = Function.Compile([x, flag], [x.Transpose(), Ops.Expand(x, [3, 2]), Ops.Where(flag, x, Ops.Gather(x, Variable.Of(Value.Of([0L, 0L, 0L], 3))))])
            .Run(Value.Of(numbers, 3, 1), Value.Of([false, true, false], 3, 1));
        Assert.Equal(numbers, results[0].ToArray<Complex>());
        Assert.Equal([numbers[0], numbers[0], numbers[1], numbers[1], numbers[2], numbers[2]], results[1].ToArray<Complex>());
        Assert.Equal([numbers[0], numbers[1], numbers[0]], results[2].ToArray<Complex>());
        Assert.Contains("Complex128", Assert.Throws<DTypeException>(() => results[0][0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_held_copied_and_compared()
    {
        Value texts = Value.Of(["a", "", "c"], 3), copy = texts.Clone();
        Assert.True(copy.BitEquals(texts));
        Assert.True(copy.Reshape(3, 1).Texts.SequenceEqual(texts.Texts));
        copy.Texts[1] = "b";
        Assert.False(copy.BitEquals(texts));
        Assert.Equal(["a", "", "c"], texts.Texts.ToArray());
        Assert.Equal(0, texts.ByteCount);
        Assert.Throws<DTypeException>(() => Value.Of(1f).Texts.Length);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Arithmetic_takes_every_number_type_that_is_computed_as_it_is_stored_and_names_what_it_refuses(DType type)
    {
        var seen = new Seen();
        ElementType row = ElementType.Of(type);
        if (!row.IsNumber || row.Compute != type)
        {
            DTypeException error = Assert.Throws<DTypeException>(() => NumberDispatch.Run(type, "Add", seen));
            Assert.Equal($"Add expects a number type, found {type}.", error.Message);
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
        Assert.Contains("27", Assert.Throws<DTypeException>(() => DTypes.OfOnnx(27)).Message, StringComparison.Ordinal);
        Assert.Contains("FLOAT99", Assert.Throws<DTypeException>(() => DTypes.OfOnnx("FLOAT99")).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<double> Numbers(Value value) => Enumerable.Range(0, value.Count).Select(i => value[i]);

    private sealed class Seen : INumberAction
    {
        public DType Type { get; private set; }

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => Type = DTypes.Of<T>();
    }
}
