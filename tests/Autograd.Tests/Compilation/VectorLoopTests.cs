using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
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
        ElementwiseInstruction[] sum = [new(new Add(), [0, 1], 2, DType.Float32)], product = [new(new Mul(), [0, 1], 2, DType.Float32)];
        VectorLoop? first = loops.Get(sum, leaves, [false, false], stores, 3);
        Assert.Same(first, loops.Get([.. sum], leaves, [false, false], stores, 3));
        Assert.NotSame(first, loops.Get(product, leaves, [false, false], stores, 3));
        Assert.NotSame(first, loops.Get(sum, leaves, [false, true], stores, 3));
    }

    [Fact]
    public void Only_chains_of_single_precision_arithmetic_are_generated()
    {
        Assert.True(VectorLoop.Handles([new(new Add(), [0, 1], 2, DType.Float32), new(new Sqrt(), [2], 3, DType.Float32)]));
        Assert.False(VectorLoop.Handles([new(new Add(), [0, 1], 2, DType.Float64)]));
        Assert.False(VectorLoop.Handles([new(new Add(), [0, 1], 2, DType.Float32), new(new Exp(), [2], 3, DType.Float32)]));
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
