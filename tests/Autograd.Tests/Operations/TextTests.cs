using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Texts are moved, compared and cast.</summary>
public sealed class TextTests
{
    private static readonly Value Letters = Value.Of(["a", "b", "c", "d", "a", ""], 2, 3);

    [Fact]
    public void Texts_move_as_numbers_do()
    {
        Variable x = Variable.Input("x", DType.String, [2, 3]), flag = Variable.Input("flag", DType.Bool, [3]);
        Variable rows = Variable.Of(Value.Of([1L, 0L, 1L], 3));
        Variable[] outputs =
        [
            x.Transpose(), x.Reshape([3, 2]), Ops.Slice(x, 1, 1, 3), Ops.Concat(0, x, x), Ops.Gather(x, rows), Ops.Where(flag, x, Ops.Expand(Variable.Of(Value.Of(["no"], 1)), [2, 3])),
            Ops.Pad(x, [0, 1], [0, 0]), new Identity().Apply(x),
        ];
        string[][] expected =
        [
            ["a", "d", "b", "a", "c", ""], ["a", "b", "c", "d", "a", ""], ["b", "c", "a", ""], ["a", "b", "c", "d", "a", "", "a", "b", "c", "d", "a", ""],
            ["d", "a", "", "a", "b", "c", "d", "a", ""], ["a", "no", "c", "d", "no", ""], ["", "a", "b", "c", "", "d", "a", ""], ["a", "b", "c", "d", "a", ""],
        ];
        Value flags = Value.Of([true, false, true], 3);
        Value[] compiled = Function.Compile([x, flag], outputs).Run(Letters, flags);
        IReadOnlyList<Value> interpreted = Interpreter.Run(new Signature([x, flag], [.. outputs.Select((o, i) => new Output($"y{i}", o))]), Letters, flags);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], compiled[i].Texts.ToArray());
            Assert.Equal(expected[i], interpreted[i].Texts.ToArray());
        }
    }

    [Fact]
    public void Texts_are_equal_where_their_characters_are()
    {
        Variable x = Variable.Input("x", DType.String, [2, 3]);
        Value found = Function.Compile([x], [Ops.Equal(x, Variable.Of(Value.Of(["a"], 1)))]).Run(Letters)[0];
        Assert.Equal([true, false, false, false, true, false], found.ToArray<bool>());
    }

    [Fact]
    public void Texts_are_read_as_numbers_and_numbers_written_as_texts()
    {
        Assert.Equal([1.5f, -2000, float.PositiveInfinity, float.NegativeInfinity, float.NaN], Run(Value.Of(["1.5", "-2E3", "+inf", "-INF", "nan"], 5), DType.Float32).ToArray<float>());
        Assert.Equal([9007199254740993, -7], Run(Value.Of(["9007199254740993", " -7 "], 2), DType.Int64).ToArray<long>());
        Assert.Equal(["1.5", "0.1", "INF", "NaN"], Run(Value.Of([1.5f, 0.1f, float.PositiveInfinity, float.NaN], 4), DType.String).Texts.ToArray());
        Assert.Equal(["9007199254740993"], Run(Value.Of([9007199254740993L], 1), DType.String).Texts.ToArray());
        Assert.Equal(["0.1"], Run(Value.Of([0.1], 1), DType.String).Texts.ToArray());
        Assert.Contains("\"word\"", Assert.Throws<GraphException>(() => Run(Value.Of(["1", "word"], 2), DType.Int32)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arithmetic_on_texts_is_refused()
    {
        Variable x = Variable.Input("x", DType.String, [2, 3]);
        Assert.EndsWith("found String.", Assert.Throws<DTypeException>(() => Ops.Add(x, x)).Message, StringComparison.Ordinal);
    }

    private static Value Run(Value value, DType to)
    {
        Variable x = Variable.Input("x", value.DType, value.Shape);
        return Function.Compile([x], [x.Cast(to)]).Run(value)[0];
    }
}
