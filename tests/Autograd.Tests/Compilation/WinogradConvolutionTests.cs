using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

public sealed class WinogradConvolutionTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Convolution_and_gradients_agree_with_the_switch_off(int kernel)
    {
        int pad = kernel / 2;
        Variable x = Variable.Input("x", DType.Float32, ["batch", 16, 13, 14]);
        Parameter w = new("w", Randoms.Normal(1, 24, 16, kernel, kernel)), b = new("b", Randoms.Normal(2, 1, 24, 1, 1));
        Variable y = (Ops.Conv(x, w, new ConvolutionOptions { Pads = [pad, pad, pad, pad] }) + b).Relu();
        Variable loss = (y * y).Sum();
        Variable[] outputs = [y, .. Gradient.Of(loss, [x, w.Variable, b.Variable])];
        Value input = Randoms.Normal(3, 3, 16, 13, 14);
        Value[] on = Run(new CompilationOptions()), off = Run(new CompilationOptions { Winograd = false }), none = Run(CompilationOptions.None);
        Assert.False(on[0].BitEquals(off[0]));
        for (int i = 0; i < on.Length; i++)
        {
            Near(off[i], on[i]);
            Near(none[i], on[i]);
        }

        Value[] Run(CompilationOptions options) =>
            [.. Function.Compile([x], outputs, options: new ExecutionOptions { Compilation = options }).Run(input)];
    }

    [Fact]
    public void Fixed_weights_are_transformed_once_with_the_same_bits()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 16, 13, 14]);
        Parameter w = new("w", Randoms.Normal(1, 24, 16, 3, 3));
        Variable y = Ops.Conv(x, w);
        Value input = Randoms.Normal(3, 2, 16, 13, 14);
        Value plain = Function.Compile([x], [y]).Run(input)[0];
        Value packed = Function.Compile([x], [y], options: new ExecutionOptions { FixedParameters = true }).Run(input)[0];
        Assert.True(plain.BitEquals(packed));
    }

    private static void Near(Value expected, Value actual)
    {
        ReadOnlySpan<float> e = expected.Span<float>(), a = actual.Span<float>();
        float scale = 0;
        foreach (float value in e)
            scale = Math.Max(scale, Math.Abs(value));
        for (int i = 0; i < e.Length; i++)
            Assert.True(Math.Abs(e[i] - a[i]) <= 1e-5 * scale, $"Element {i} is {a[i]}, expected {e[i]}; the largest is {scale}.");
    }
}
