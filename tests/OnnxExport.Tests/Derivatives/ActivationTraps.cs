using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Activation functions at their joints and far out.</summary>
internal static class ActivationTraps
{
    private static readonly IReadOnlyList<DType> Single = [DType.Float32];

    public static IEnumerable<Trap> All =>
    [
        new("1/(1 + e⁻ˣ) written out", x => 1 / (1 + Ops.Exp(-x)), [-200], 1, [0]) { Types = [DType.Float32], AtMost = [1e-38] },
        new("1/(1 + e⁻ˣ) written out", x => 1 / (1 + Ops.Exp(-x)), [-800], 1, [0]) { Types = [DType.Float64] },
        new("tanh", x => Ops.Tanh(x), [190, 195, 200, 1000, -1000], 1, [0, 0, 0, 0, 0]) { AtMost = [1e-150, 1e-150, 1e-150, 0, 0] },
        new("tanh", x => Ops.Tanh(x), [10, -10], 1, [8.24461447e-09, 8.24461447e-09]),
        new("tanh", x => Ops.Tanh(x), [0, 0.5], 2, [0, -2 * Math.Tanh(0.5) * (1 - (Math.Tanh(0.5) * Math.Tanh(0.5)))]),
        new("sigmoid", x => Ops.Sigmoid(x), [20, -20], 1, [2.06115362e-09, 2.06115362e-09]),
        new("sigmoid", x => Ops.Sigmoid(x), [40], 1, [4.24835426e-18]),
        new("sigmoid", x => Ops.Sigmoid(x), [20, -20], 2, [-2.06115361e-09, 2.06115361e-09]),
        new("softplus", x => Ops.Softplus(x), [-1e4, 1e4], 0, [0, 1e4]),
        new("softplus", x => Ops.Softplus(x), [-1e4, 1e4], 1, [0, 1]),
        new("softplus", x => Ops.Softplus(x), [-1e4, 1e4], 2, [0, 0]),
        new("log(1 + eˣ) written out", x => Ops.Log(1 + Ops.Exp(x)), [1e4, 0], 1, [1, 0.5]),
        new("erf", x => Ops.Erf(x), [10, -10], 0, [1, -1]) { RuntimeTypes = Single },
        new("erf", x => Ops.Erf(x), [10], 2, [-8.39531246e-43]) { AtMost = [-8.39531245e-43], Tolerance = 2e-3, RuntimeTypes = Single },
        new("erf", x => Ops.Erf(x), [1e20, double.PositiveInfinity, double.NegativeInfinity], 2, [0, 0, 0]) { RuntimeTypes = Single },
        new("elu", x => new Elu().Apply(x), [0], 1, [1]),
        new("elu", x => new Elu().Apply(x), [-1e-3, 1e-3], 1, [0.9990005, 1]) { AtMost = [0.999000501, 1] },
        new("elu", x => new Elu().Apply(x), [-1e-7], 0, [-9.9999995e-8]) { RuntimeDiffers = "its Elu is eˣ − 1 with the digits lost" },
        new("elu", x => new Elu().Apply(x), [-1, 1], 2, [0.36787944117, 0]),
        new("elu with α = 2", x => new Elu(2).Apply(x), [0], 1, [1]) { AtMost = [2] },
        new("selu", x => new Selu().Apply(x), [0], 1, [1.0507]) { AtMost = [1.7581] },
        new("celu", x => new Celu(2).Apply(x), [0, 1000], 1, [1, 1]),
        new("gelu", x => new Gelu().Apply(x), [-1e20, -40, 40, 1e20], 1, [0, 0, 1, 1]) { AtMost = [0, 0, 1, 1], RuntimeTypes = Single },
        new("gelu", x => new Gelu().Apply(x), [-5], 0, [-1.43325786e-06]) { RuntimeDiffers = "it adds 1 to an erf near −1", Tolerance = 5e-6 },
        new("gelu", x => new Gelu().Apply(x), [-10, -1e-3], 1, [-7.61840009646e-22, 0.499202115705]) { RuntimeDiffers = "it adds 1 to an erf near −1", Tolerance = 2e-5 },
        new("gelu by tanh", x => new Gelu(true).Apply(x), [-5], 0, [-2.29179619663e-07]) { RuntimeDiffers = "it adds 1 to a tanh near −1", Tolerance = 5e-6 },
        new("swish", x => new Swish().Apply(x), [-1e4, 1e4], 1, [0, 1]),
        new("mish", x => new Mish().Apply(x), [-1e4, 1e4], 1, [0, 1]),
        new("softsign", x => new Softsign().Apply(x), [0, 1e30], 1, [1, 0]) { AtMost = [1, 1e-37], Types = [DType.Float64] },
        new("leaky rectifier 0.1", x => Ops.LeakyRelu(x, 0.1), [-1, 0, 1], 1, [0.1, 0.1, 1]),
        new("relu of NaN", x => Ops.Relu(x), [double.NaN], 0, [double.NaN]),
        new("hard tanh", x => Ops.Clip(x, -1, 1), [-1, 1], 1, [0, 0]) { AtMost = [1, 1] },
        new("hard sigmoid", x => new HardSigmoid().Apply(x), [-1e30, 1e30], 1, [0, 0]),
        new("sign", x => Ops.Sign(x), [0, 2], 1, [0, 0]),
    ];
}
