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
/// Each kind of kernel on tensors of 2³¹ − 1 elements, the most there are. What is read or written whole has one byte an element; of float32 only a few windows are read. Products and sums of large float32 tensors are
/// in the harness of large tensors in <c>tests/Reliability</c>.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LargeTensorTests
{
    private const int Most = int.MaxValue, Half = 1 << 30;

    [Fact]
    public void Reductions_of_the_longest_vector_see_all_of_it()
    {
        Memory.Require(3);
        Value x = Value.Zeros(DType.UInt8, Most);
        Span<byte> numbers = x.Span<byte>();
        (numbers[0], numbers[Half], numbers[^1]) = (2, 5, 7);
        Variable v = Variable.Input("v", DType.UInt8, [Most]), table = Ops.Reshape(Ops.Slice(v, 0, 1, Most), [2, Half - 1]);
        Value[] found = Function.Compile([v], [new ArgMax(0, false).Apply(v), v.ReduceMax([0]), v.ReduceMin([0]), table.ReduceMax([1])], options: new ExecutionOptions { Threads = 2 }).Run(x);
        Assert.Equal(Most - 1L, found[0].Scalar());
        Assert.Equal(7, found[1].Scalar());
        Assert.Equal(0, found[2].Scalar());
        // Element 2³⁰ of the vector is the first of the second row.
        Assert.Equal([(byte)0, (byte)7], found[3].ToArray<byte>());
    }

    [Fact]
    public void Windows_reach_the_end_of_the_longest_signal()
    {
        Memory.Require(1);
        const int Step = 1 << 24, Last = Most / Step;
        Value x = Value.Zeros(DType.Float32, 1, 1, Most);
        Span<float> numbers = x.Span<float>();
        (numbers[0], numbers[1], numbers[(Last * Step) - 1], numbers[Last * Step], numbers[(Last * Step) + 2]) = (2, 3, 8, 5, 7);
        Variable signal = Variable.Input("signal", DType.Float32, [1, 1, Most]);
        Variable weights = Variable.Of(Value.Of([1f, 10, 100], 1, 1, 3)), some = Variable.Input("some", DType.Float32, [1, 1, Last + 1]);
        float[] found = Run(new Conv([Step], [0, 0], [1], 1).Apply(signal, weights), [signal], x);
        Assert.Equal(Last + 1, found.Length);
        Assert.Equal((32f, 705f), (found[0], found[^1]));
        float[] gradient = Run(new ConvWeightGradient([Step], [0, 0], [1], 1).Apply(signal, some, Ops.Integers(3)), [signal, some], x, Value.Full(1, DType.Float32, 1, 1, Last + 1));
        Assert.Equal([7f, 3, 7], gradient);
        float[] maxima = Run(new MaxPool([3], [Step], [0, 0], [1]).Apply(signal), [signal], x);
        Assert.Equal((3f, 7f), (maxima[0], maxima[^1]));
    }

    /// <summary>One computation, in which results take turns in the same memory; of each the elements 0, 1, the one in the middle, the last but one and the last are read.</summary>
    [Fact]
    public void Copies_and_elementwise_results_are_written_to_their_end()
    {
        Memory.Require(5);
        const int Count = Most - 3, Column = Count / 2;
        Value x = Value.Zeros(DType.Bool, Count);
        Span<bool> truths = x.Span<bool>();
        (truths[1], truths[Column], truths[^1]) = (true, true, true);
        Variable v = Variable.Input("v", DType.Bool, [Count]), rest = Variable.Input("rest", DType.Bool, [3]), index = Variable.Input("index", DType.Int64, [2]);
        Variable places = Variable.Input("places", DType.Int64, [5]);
        Variable[] results =
        [
            new Not().Apply(v),
            new Concat(0).Apply(v, rest),
            new ScatterElements(0).Apply(v, index, Variable.Of(Value.Of([true, false], 2))),
            Ops.Reshape(Ops.Transpose(Ops.Reshape(v, [2, Column]), [1, 0]), [Count]),
        ];
        Variable[] read = [.. results.Select(result => Ops.Gather(result, places)), v.Slice(0, Count - 1, Column - 1, -(Column - 1))];
        Value[] found = Function.Compile([v, rest, index, places], read, options: new ExecutionOptions { Threads = 2 })
            .Run(x, Value.Of([true, false, true], 3), Value.Of([Count - 2L, -1], 2), Value.Of([0L, 1, Column, -2, -1], 5));
        Assert.Equal([true, false, false, true, false], found[0].ToArray<bool>());
        Assert.Equal([false, true, true, false, true], found[1].ToArray<bool>());
        Assert.Equal([false, true, true, true, false], found[2].ToArray<bool>());
        Assert.Equal([false, true, false, false, true], found[3].ToArray<bool>());
        Assert.Equal([true, true], found[4].ToArray<bool>());
    }

    private static float[] Run(Variable y, Variable[] inputs, params Value[] values) =>
        Function.Compile(inputs, [y], options: new ExecutionOptions { Threads = 2 }).Run(values)[0].ToArray<float>();
}
