using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

public sealed class VectorLoopTests
{
    [Theory]
    [InlineData(4096, 1)]
    [InlineData(4099, 1)]
    [InlineData(70_003, 1)]
    [InlineData(70_003, 2)]
    public void A_generated_loop_gives_the_bits_of_the_tiles(int count, int threads)
    {
        Value[] on = Update(count, threads, generate: true), off = Update(count, 1, generate: false);
        for (int i = 0; i < on.Length; i++)
        {
            Assert.True(on[i].BitEquals(off[i]), $"result {i}");
        }
    }

    [Fact]
    public void Chains_of_the_same_structure_share_a_loop()
    {
        var loops = new VectorLoops();
        ElementwiseLeaf[] leaves = [new(0, 0), new(1, 1)];
        ElementwiseStore[] stores = [new(2, 0, false)];
        DType[] types = [DType.Float32, DType.Float32, DType.Float32];
        ElementwiseInstruction[] sum = [new(new Add(), [0, 1], 2, DType.Float32)], product = [new(new Mul(), [0, 1], 2, DType.Float32)];
        VectorLoop? first = loops.Get(sum, leaves, [false, false], stores, 3, types);
        Assert.Same(first, loops.Get([.. sum], leaves, [false, false], stores, 3, types));
        Assert.NotSame(first, loops.Get(product, leaves, [false, false], stores, 3, types));
        Assert.NotSame(first, loops.Get(sum, leaves, [false, true], stores, 3, types));
    }

    [Fact]
    public void Only_chains_of_single_precision_arithmetic_are_generated()
    {
        DType[] types = [DType.Float32, DType.Bool];
        Assert.True(VectorLoop.Handles([new(new Add(), [0, 1], 2, DType.Float32), new(new Sqrt(), [2], 3, DType.Float32)], types));
        Assert.False(VectorLoop.Handles([new(new Add(), [0, 1], 2, DType.Float64)], types));
        Assert.False(VectorLoop.Handles([new(new Add(), [0, 1], 2, DType.Float32), new(new Exp(), [2], 3, DType.Float32)], types));
        Assert.False(VectorLoop.Handles([new(new Add(), [0, 1], 2, DType.Float32)], [DType.Float32, DType.Int64]));
    }

    [Theory]
    [InlineData(4096, 1)]
    [InlineData(20_013, 2)]
    public void Conditions_are_computed_read_and_stored_as_by_the_tiles(int count, int threads)
    {
        Value[] on = Conditions(count, threads, generate: true), off = Conditions(count, 1, generate: false);
        for (int i = 0; i < on.Length; i++)
        {
            Assert.True(on[i].BitEquals(off[i]), $"result {i}");
        }
    }

    [Fact]
    public void Extremes_rectifiers_and_magnitudes_have_the_bits_of_the_tiles()
    {
        // Every pair of these meets.
        float[] special = [0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 2f];
        const int Count = 4000;
        Value left = Value.Of(Enumerable.Range(0, Count).Select(i => special[i % special.Length]).ToArray(), Count);
        Value right = Value.Of(Enumerable.Range(0, Count).Select(i => special[i / special.Length % special.Length]).ToArray(), Count);
        Value[] on = Extremes(generate: true), off = Extremes(generate: false);
        Assert.Equal(on[0].Sizes.ToArray(), off[0].Sizes.ToArray());
        for (int i = 0; i < on.Length; i++)
        {
            Assert.True(on[i].BitEquals(off[i]), $"result {i}");
        }

        Value[] Extremes(bool generate)
        {
            Variable x = Variable.Input("x", DType.Float32, [Count]), y = Variable.Input("y", DType.Float32, [Count]);
            Variable[] results = [Ops.Max(x, y), Ops.Min(x, y), x.Relu(), Ops.Abs(x), x.LeakyRelu(), Ops.Max(x, y) - Ops.Min(y.Relu(), Ops.Abs(x))];
            return Function.Compile([x, y], results, options: new ExecutionOptions { Compilation = new CompilationOptions { GenerateLoops = generate } }).Run(left, right);
        }
    }

    // Each comparison, a condition that is an input, one that is an output and one number for all; NaN and equal numbers among the values.
    private static Value[] Conditions(int count, int threads, bool generate)
    {
        Variable x = Variable.Input("x", DType.Float32, [count]), y = Variable.Input("y", DType.Float32, [count]);
        Variable given = Variable.Input("given", DType.Bool, [count]), all = Variable.Input("all", DType.Bool, []);
        Variable kept = Ops.Less(x, y);
        Variable sum = Ops.Where(Ops.Greater(x, y), x * 2, y) + Ops.Where(Ops.GreaterOrEqual(x, y), x, y * 3) + Ops.Where(new LessOrEqual().Apply(x, y), x, y * 5);
        sum += Ops.Where(Ops.Equal(x, y), x, 7) + Ops.Where(given, x, y) + Ops.Where(all, x, y) + Ops.Where(kept, x, 0);
        Function function = Function.Compile(
            [x, y, given, all], [sum, kept], options: new ExecutionOptions { Threads = threads, Compilation = new CompilationOptions { GenerateLoops = generate } });
        Value left = Randoms.Normal(1, count), right = Randoms.Normal(2, count);
        left.Span<float>()[5] = float.NaN;
        right.Span<float>()[6] = left.Span<float>()[6];
        return function.Run(left, right, Value.Of(Enumerable.Range(0, count).Select(i => i % 3 == 0).ToArray(), count), Value.Of(true));
    }

    // Two steps of Adam with a gradient that is an input, then every operation that takes part in loops.
    private static Value[] Update(int count, int threads, bool generate)
    {
        Variable g = Variable.Input("g", DType.Float32, [count]);
        Parameter w = new("w", Randoms.Normal(1, count)), first = new("s", Randoms.Normal(2, count)), second = new("r", Value.Zeros(DType.Float32, count));
        Variable nextFirst = (0.9 * first.Variable) + (0.1 * g), nextSecond = (0.999 * second.Variable) + (0.001 * g * g);
        Variable next = w - (0.01 * nextFirst / (nextSecond.Sqrt() + 1e-8));
        Function function = Function.Compile(
            [g], [-next + (g / w)], [new(w, next), new(first, nextFirst), new(second, nextSecond)],
            new ExecutionOptions { Threads = threads, Compilation = new CompilationOptions { GenerateLoops = generate } });
        function.Run(Randoms.Normal(3, count));
        Value[] outputs = function.Run(Randoms.Normal(4, count));
        return [.. outputs, w.Value, first.Value, second.Value];
    }
}
