using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

public sealed class FixedParametersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(130)]
    public void Products_with_packed_weights_have_the_same_bits(int batch)
    {
        foreach ((int k, int n) in ((int, int)[])[(7, 5), (3, 16), (400, 33), (800, 48), (1, 1)])
        {
            Variable x = Variable.Input("x", DType.Float32, ["batch", k]);
            Parameter w = new("w", Randoms.Normal(1, k, n)), b = new("b", Randoms.Normal(2, n)), v = new("v", Randoms.Normal(4, n, k));
            Same([x], [(x.MatMul(w) + b).Relu(), Ops.Gemm(x, v, transposeB: true, alpha: 0.5), x.MatMul(w) * 2f], [Randoms.Normal(3, batch, k)]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Convolutions_with_packed_weights_have_the_same_bits(int batch)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 6, 14, 14]);
        Parameter w = new("w", Randoms.Normal(1, 24, 6, 5, 5)), b = new("b", Randoms.Normal(2, 1, 24, 1, 1)), g = new("g", Randoms.Normal(4, 32, 3, 5, 5));
        Same(
            [x],
            [(Ops.Conv(x, w) + b).Relu(), Ops.Conv(x, g, new ConvolutionOptions { Group = 2, Strides = [2, 2] })],
            [Randoms.Normal(3, batch, 6, 14, 14)]);
    }

    [Fact]
    public void The_values_are_those_of_the_moment_of_compilation()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]);
        Parameter w = new("w", Randoms.Normal(1, 3, 2));
        Value input = Randoms.Normal(2, 4, 3);
        Function function = Function.Compile([x], [x.MatMul(w)], options: new ExecutionOptions { FixedParameters = true });
        Value before = Function.Compile([x], [x.MatMul(w)]).Run(input)[0];
        w.Value = Randoms.Normal(9, 3, 2);
        Assert.True(function.Run(input)[0].BitEquals(before));
    }

    [Fact]
    public void Updates_are_refused()
    {
        Parameter w = new("w", Randoms.Normal(1, 3, 2));
        GraphException refused = Assert.Throws<GraphException>(
            () => Function.Compile([], [w.Variable], [new Update(w, w.Variable * 2f)], new ExecutionOptions { FixedParameters = true }));
        Assert.Contains("updates \"w\"", refused.Message, StringComparison.Ordinal);
    }

    private static void Same(Variable[] inputs, Variable[] outputs, Value[] values)
    {
        foreach (int threads in (int[])[1, 2])
        {
            Value[] plain = Function.Compile(inputs, outputs, options: new ExecutionOptions { Threads = threads }).Run(values);
            Value[] packed = Function.Compile(inputs, outputs, options: new ExecutionOptions { Threads = threads, FixedParameters = true }).Run(values);
            Value[] unpacked = Function.Compile(
                inputs, outputs, options: new ExecutionOptions { FixedParameters = true, Compilation = new() { PackConstants = false } }).Run(values);
            for (int i = 0; i < plain.Length; i++)
            {
                Assert.True(packed[i].BitEquals(plain[i]), $"output {i}");
                Assert.True(unpacked[i].BitEquals(plain[i]), $"output {i}, unpacked");
            }
        }
    }
}
