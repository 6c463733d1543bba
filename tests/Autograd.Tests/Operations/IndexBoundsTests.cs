using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>An index outside its axis: the same error, with the operation, the index, the bounds and the place, from a compiled function and from the interpreter.</summary>
public sealed class IndexBoundsTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float32, [3, 4]), Index = Variable.Input("index", DType.Int64, [2, 2]), Updates = Variable.Input("updates", DType.Float32, [2]);

    public static TheoryData<string, int, long, string> Outside
    {
        get
        {
            var data = new TheoryData<string, int, long, string>();
            foreach (long wild in new[] { long.MinValue, int.MinValue, -5, 4, int.MaxValue, 1L << 32, long.MaxValue })
            {
                data.Add(nameof(Gather), 3, wild, $"expects indices between -4 and 3, found {wild} in place 3");
                data.Add(nameof(GatherGradient), 1, wild, $"expects indices between -4 and 3, found {wild} in place 1");
                data.Add(nameof(GatherND), 3, wild, $"expects indices between -4 and 3, found {wild} in place 3");
                data.Add(nameof(ScatterND), 1, wild, $"expects indices between -4 and 3, found {wild} in place 1");
                data.Add("add", 1, wild, $"expects indices between -4 and 3, found {wild} in place 1");
            }

            foreach (long wild in new[] { long.MinValue, -1, 4, 1L << 32, long.MaxValue })
                data.Add(nameof(LogitCrossEntropy), 2, wild, $"expects labels from 0 to 3, found {wild} in row 2");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Outside))]
    public void An_index_outside_its_axis_is_named(string what, int place, long wild, string expected)
    {
        Variable labels = Variable.Input("labels", DType.Int64, [3]);
        bool isLoss = what == nameof(LogitCrossEntropy);
        Variable y = what switch
        {
            nameof(Gather) => X.Gather(Index, 1),
            nameof(GatherGradient) => new GatherGradient(1).Apply(Index, Variable.Of(Value.Full(1, DType.Float32, [3, 2, 2])), Ops.Integers(4)),
            nameof(GatherND) => new GatherND().Apply(X, Index),
            nameof(ScatterND) => new ScatterND().Apply(X, Index, Updates),
            "add" => new ScatterND(ScatterReduction.Add).Apply(X, Index, Updates),
            _ => Ops.SoftmaxCrossEntropyLoss(X, labels),
        };
        var indices = new long[isLoss ? 3 : 4];
        indices[place] = wild;
        Value[] values = [Value.Full(1, DType.Float32, [3, 4]), isLoss ? Value.Of(indices, 3) : Value.Of(indices, 2, 2), Value.Full(1, DType.Float32, [2])];
        var signature = new Signature([X, isLoss ? labels : Index, Updates], [new Output("y", y)]);
        foreach (Action run in new Action[] { () => Interpreter.Run(signature, values), () => Function.Compile(signature).Run(values) })
        {
            ToolkitException error = Assert.ThrowsAny<ToolkitException>(run);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The ends themselves are inside.</summary>
    [Theory]
    [InlineData(-4)]
    [InlineData(3)]
    public void The_last_index_of_either_side_is_taken(long end)
    {
        Value x = Value.Of([.. Enumerable.Range(0, 12).Select(i => (float)i)], 3, 4);
        var signature = new Signature([X, Index], [new Output("y", X.Gather(Index, 1))]);
        float expected = end < 0 ? 0 : 3;
        Assert.Equal(expected, Function.Compile(signature).Run(x, Value.Of([end, end, end, end], 2, 2))[0].Span<float>()[0]);
    }

    [Fact]
    public void An_axis_without_elements_takes_no_index()
    {
        Variable x = Variable.Input("x", DType.Float32, [0, 4]);
        Function f = Function.Compile([x, Index], [x.Gather(Index)]);
        Assert.Contains("axis without elements, found 0 in place 0", Assert.Throws<ShapeException>(() => f.Run(Value.Zeros(DType.Float32, [0, 4]), Value.Zeros(DType.Int64, [2, 2]))).Message, StringComparison.Ordinal);
    }
}
