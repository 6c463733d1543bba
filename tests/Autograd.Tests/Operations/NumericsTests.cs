using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What docs/numerics.md promises.</summary>
public sealed class NumericsTests
{
    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        (Variable x, Variable w, Variable v, Variable y) = Network();
        Variable[] outputs = [y, .. Gradient.Of(Ops.Mean(y.Square()), [w, v])];
        Value[] inputs = [Randoms.Normal(1, 300, 200), Randoms.Normal(2, 200, 96), Randoms.Normal(3, 96, 10)];
        Value[] Run(int threads) => Function.Compile([x, w, v], outputs, options: new ExecutionOptions { Threads = threads }).Run(inputs);

        Value[] one = Run(1);
        foreach (int threads in new[] { 2, 3, 8 })
            Assert.All(Run(threads).Zip(one), pair => Assert.True(pair.First.BitEquals(pair.Second)));
    }

    [Fact]
    public void A_row_alone_agrees_with_the_same_row_in_a_batch_up_to_rounding()
    {
        (Variable x, Variable w, Variable v, Variable y) = Network();
        Value batch = Randoms.Normal(1, 64, 200), first = Randoms.Normal(2, 200, 96), second = Randoms.Normal(3, 96, 10);
        Function function = Function.Compile([x, w, v], [y]);
        Value whole = function.Run(batch, first, second)[0];
        double scale = Enumerable.Range(0, whole.Count).Max(i => Math.Abs(whole[i]));
        foreach (int rows in new[] { 1, 2, 7 })
        {
            Value part = Value.Of(batch.Span<float>()[..(rows * 200)], rows, 200), result = function.Run(part, first, second)[0];
            for (int i = 0; i < result.Count; i++)
                Assert.Equal(whole[i], result[i], 1e-5 * scale);
        }
    }

    [Fact]
    public void Denormal_numbers_are_kept()
    {
        Variable x = Variable.Input("x", DType.Float32, [40]), a = Variable.Input("a", DType.Float32, [8, 8]), b = Variable.Input("b", DType.Float32, [8, 8]);
        Value[] results = Function.Compile([x, a, b], [x * 0.5 + x, Ops.Sum(x), Ops.MatMul(a, b)])
            .Run(Value.Full(1e-40, DType.Float32, 40), Value.Full(1e-20, DType.Float32, 8, 8), Value.Full(1e-20, DType.Float32, 8, 8));
        float tiny = 1e-40f;
        Assert.All(results[0].ToArray<float>(), v => Assert.Equal((tiny * 0.5f) + tiny, v));
        Assert.Equal(40 * 1e-40, results[1].Scalar(), 1e-42);
        Assert.All(results[2].ToArray<float>(), v => Assert.Equal(8 * 1e-40, v, 2e-44));
    }

    [Fact]
    public void A_long_sum_of_float32_stays_near()
    {
        const int Count = 1 << 20;
        Variable x = Variable.Input("x", DType.Float32, [Count]);
        double exact = Count * (double)0.1f, sum = Function.Compile([x], [Ops.Sum(x)]).Run(Value.Full(0.1, DType.Float32, Count))[0].Scalar();
        float oneByOne = 0;
        for (int i = 0; i < Count; i++)
            oneByOne += 0.1f;
        Assert.True(Math.Abs(sum - exact) < Math.Abs(oneByOne - exact) / 1000, $"expected {exact}, found {sum}; one after the other gives {oneByOne}");
    }

    [Fact]
    public void Truth_values_that_users_write_as_other_bytes_are_true()
    {
        Value flags = Value.Zeros(DType.Bool, 4);
        new byte[] { 0, 1, 2, 255 }.CopyTo(flags.Bytes);
        Variable x = Variable.Input("x", DType.Bool, [4]), y = Variable.Input("y", DType.Bool, [4]);
        Value[] results = Function.Compile([x, y], [x.Cast(DType.Float32), Ops.Equal(x, y), Ops.Where(x, Variable.Scalar(1, DType.Int8), Variable.Scalar(2, DType.Int8)), x.Transpose()])
            .Run(flags, Value.Of([false, true, true, true], 4));
        Assert.Equal([0f, 1, 1, 1], results[0].ToArray<float>());
        Assert.Equal<byte>([1, 1, 1, 1], results[1].Bytes.ToArray());
        Assert.Equal<sbyte>([2, 1, 1, 1], results[2].ToArray<sbyte>());
        Assert.Equal<byte>([0, 1, 1, 1], results[3].Bytes.ToArray());
    }

    private static (Variable X, Variable W, Variable V, Variable Y) Network()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 200]), w = Variable.Input("w", DType.Float32, [200, 96]), v = Variable.Input("v", DType.Float32, [96, 10]);
        return (x, w, v, Ops.Softmax(Ops.MatMul(Ops.Tanh(Ops.MatMul(x, w) / 14), v), 1));
    }
}
