using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

/// <summary>
/// Each kind of kernel on tensors of 2³¹ − 1 elements, the most there are. Zeros that nobody has written take no memory, so inputs are zeros but for a few elements, and
/// results are small or of one byte an element.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LargeTensorTests
{
    private const int Most = int.MaxValue, Half = 1 << 30;

    [Fact]
    public void Reductions_and_products_of_the_longest_vector_see_all_of_it()
    {
        Memory.Require(4);
        Value x = Value.Zeros(DType.Float32, Most);
        Span<float> numbers = x.Span<float>();
        (numbers[0], numbers[Half], numbers[^1]) = (2, 5, 3);
        Variable v = Variable.Input("v", DType.Float32, [Most]), row = Variable.Input("row", DType.Float32, [1, Most]), column = Variable.Input("column", DType.Float32, [Most, 1]);
        Assert.Equal([10f], Run(v.Sum([0]), [v], x));
        Assert.Equal(Half, Function.Compile([v], [new ArgMax(0, false).Apply(v)]).Run(x)[0].Scalar());
        Assert.Equal([38f], Run(Ops.MatMul(row, column), [row, column], x.Reshape(1, Most), x.Reshape(Most, 1)));
        Variable table = Variable.Input("table", DType.Float32, [2, Half - 1]);
        Value even = Value.Zeros(DType.Float32, 2, Half - 1);
        (even.Span<float>()[Half - 2], even.Span<float>()[^1]) = (4, 6);
        Assert.Equal([4f, 6], Run(table.Sum([1]), [table], even));
    }

    [Fact]
    public void Windows_reach_the_end_of_the_longest_signal()
    {
        Memory.Require(4);
        const int Step = 1 << 20, Last = Most / Step;
        Value x = Value.Zeros(DType.Float32, 1, 1, Most);
        Span<float> numbers = x.Span<float>();
        (numbers[0], numbers[1], numbers[(Last * Step) - 1], numbers[Last * Step], numbers[(Last * Step) + 2]) = (2, 3, 8, 5, 7);
        Variable signal = Variable.Input("signal", DType.Float32, [1, 1, Most]);
        Variable weights = Variable.Of(Value.Of([1f, 10, 100], 1, 1, 3)), some = Variable.Input("some", DType.Float32, [1, 1, Last + 1]);
        float[] found = Run(new Conv([Step], [0, 0], [1], 1).Apply(signal, weights), [signal], x);
        Assert.Equal(Last + 1, found.Length);
        Assert.Equal((32f, 705f), (found[0], found[^1]));
        float[] gradient = Run(new ConvWeightGradient([Step], [0, 0], [1], 1, [3]).Apply(signal, some), [signal, some], x, Value.Full(1, DType.Float32, 1, 1, Last + 1));
        Assert.Equal([7f, 3, 7], gradient);
        float[] maxima = Run(new MaxPool([Step], [Step], [0, 0], [1]).Apply(signal), [signal], x);
        Assert.Equal((3f, 8f), (maxima[0], maxima[^1]));
    }

    [Fact]
    public void Copies_and_elementwise_results_are_written_to_their_end()
    {
        Memory.Require(5);
        Value x = Value.Zeros(DType.Bool, Most);
        Span<bool> truths = x.Span<bool>();
        (truths[1], truths[Half], truths[^1]) = (true, true, true);
        Variable v = Variable.Input("v", DType.Bool, [Most]);
        Check(new Not().Apply(v), [v], [x], [true, false, false, true, false]);
        Variable table = Variable.Input("table", DType.Bool, [Half, 1]), rest = Variable.Input("rest", DType.Bool, [Half - 1, 1]);
        Check(
            Ops.Reshape(new Concat(0).Apply(table, rest), [Most]), [table, rest], [Part(x, Half, 0), Part(x, Half - 1, Half)], [false, true, true, false, true]);
        Variable index = Variable.Input("index", DType.Int64, [2]);
        Check(
            new ScatterElements(0).Apply(v, index, Variable.Of(Value.Of([true, false], 2))), [v, index], [x, Value.Of([Most - 2L, -1], 2)], [false, true, true, true, false]);
        Variable turned = Variable.Input("turned", DType.Bool, [2, Half - 1]);
        Value even = Value.Zeros(DType.Bool, 2, Half - 1);
        (even.Span<bool>()[1], even.Span<bool>()[Half - 1], even.Span<bool>()[^1]) = (true, true, true);
        Value result = Function.Compile([turned], [Ops.Transpose(turned, [1, 0])], options: new ExecutionOptions { Threads = 2 }).Run(even)[0];
        Assert.Equal((false, true, true, false, true), (result.Span<bool>()[0], result.Span<bool>()[1], result.Span<bool>()[2], result.Span<bool>()[^2], result.Span<bool>()[^1]));
        Variable part = v.Slice(0, Most - 1, Half - 1, -(Half - 2));
        Assert.Equal([true, true], Function.Compile([v], [part]).Run(x)[0].ToArray<bool>());
    }

    /// <summary>The elements 0, 1, 2³⁰, the last but one and the last.</summary>
    private static void Check(Variable y, Variable[] inputs, Value[] values, bool[] expected)
    {
        Value result = Function.Compile(inputs, [y], options: new ExecutionOptions { Threads = 2 }).Run(values)[0];
        Span<bool> found = result.Span<bool>();
        Assert.Equal(expected, (bool[])[found[0], found[1], found[Half], found[^2], found[^1]]);
    }

    private static float[] Run(Variable y, Variable[] inputs, params Value[] values) =>
        Function.Compile(inputs, [y], options: new ExecutionOptions { Threads = 2 }).Run(values)[0].ToArray<float>();

    private static Value Part(Value x, int count, int start)
    {
        Value part = Value.Zeros(x.DType, count, 1);
        part.CopyElements(x, start, 0, count);
        return part;
    }
}
