using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Activation functions at their joints, infinitely far out, and of second order.</summary>
internal static class JointTraps
{
    private const double Infinity = double.PositiveInfinity, Least = double.NegativeInfinity;

    private const string NoSigmoid = "its sigmoid is 0 where it is merely small";

    private static readonly DType[] Single = [DType.Float32];

    public static IEnumerable<Trap> All =>
    [
        new("hard swish", x => new HardSwish().Apply(x), [-3, 0, 3, -1e30, 1e30], 1, [0, 0.5, 1, 0, 1]) { AtMost = [0, 0.5, 1.5, 0, 1] },
        new("hard swish", x => new HardSwish().Apply(x), [0, -5, 5], 2, [1 / 3.0, 0, 0]),
        new("hard sigmoid", x => new HardSigmoid(0.25).Apply(x), [-2, 2, 0], 1, [0, 0, 0.25]),
        new("rectifier with a threshold", x => new ThresholdedRelu().Apply(x), [1, 2, -1e30], 1, [0, 1, 0]),
        new("shrinkage", x => new Shrink(0.5, 0.5).Apply(x), [0.5, -0.5, 0, 2], 1, [0, 0, 0, 1]),
        new("rectifier with a slope of ¼", x => new PRelu().Apply(x, Variable.Scalar(0.25, x.DType)), [0, -2, 2], 1, [0.25, 0.25, 1]),
        new("leaky rectifier 0.1", x => Ops.LeakyRelu(x, 0.1), [-1e30, 0, 1e30], 2, [0, 0, 0]),
        new("relu6 = min(relu(x), 6)", x => Ops.Min(Ops.Relu(x), 6), [0, 6, 3], 1, [0, 0, 1]),
        new("clip(x, 0, ∞)", x => Ops.Clip(x, 0, Infinity), [0, -1, 1], 1, [0, 0, 1]),
        new("clip of an infinite number", x => Ops.Clip(x, -1, 1), [Infinity, Least], 1, [0, 0]),
        new("max(x, NaN)", x => Ops.Max(x, Variable.Scalar(double.NaN, x.DType)), [1], 0, [double.NaN]),
        new("min(x, 1) of NaN", x => Ops.Min(x, 1), [double.NaN], 0, [double.NaN]),
        new("max(x, max(x, x))", x => Ops.Max(x, Ops.Max(x, x)), [2], 1, [1]),
        new("|x| of ±0 and ±∞", x => Ops.Abs(x), [0, -0.0, Infinity, Least], 1, [0, 0, 1, -1]),
        new("round, floor and ceiling", x => new Round().Apply(x) + new Floor().Apply(x) + new Ceil().Apply(x), [0.5, 1, -2], 1, [0, 0, 0]),
        new("elu", x => new Elu().Apply(x), [-1e4, 1e4, Least, Infinity], 0, [-1, 1e4, -1, Infinity]),
        new("elu", x => new Elu().Apply(x), [-1e4, 1e4, Least, Infinity], 1, [0, 1, 0, 1]),
        new("elu", x => new Elu().Apply(x), [-1e4, 1e4, Least], 2, [0, 0, 0]),
        new("celu with α = 2", x => new Celu(2).Apply(x), [-1, -1e4, 1e4, Least], 1, [0.60653065971263, 0, 1, 0]),
        new("celu with α = 2", x => new Celu(2).Apply(x), [-1, -1e4, 1e4], 2, [0.30326532985632, 0, 0]),
        new("selu", x => new Selu().Apply(x), [-1e4, 1e4, Least], 1, [0, Selu.StandardGamma, 0]),
        new("softplus", x => Ops.Softplus(x), [Least, Infinity], 0, [0, Infinity]),
        new("softplus", x => Ops.Softplus(x), [Least, Infinity], 1, [0, 1]),
        new("sigmoid", x => Ops.Sigmoid(x), [Least, Infinity], 1, [0, 0]),
        new("tanh", x => Ops.Tanh(x), [Least, Infinity], 1, [0, 0]),
        new("softsign", x => new Softsign().Apply(x), [1e30, 0], 1, [0, 1]) { AtMost = [1e-37, 1] },
        new("mish", x => new Mish().Apply(x), [-20, 0, 20], 1, [-3.916191874349e-8, 0.6, 1]) { Tolerance = 1e-5, RuntimeDiffers = NoSigmoid },
        new("mish", x => new Mish().Apply(x), [-20, 0], 2, [-3.7100765042457e-8, 0.64]) { Tolerance = 1e-5, RuntimeDiffers = NoSigmoid },
        new("mish", x => new Mish().Apply(x), [1e4, -1e4, 1e30, -1e30], 2, [0, 0, 0, 0]),
        new("swish", x => new Swish().Apply(x), [-20, 0, 20], 1, [-3.9161918660647e-8, 0.5, 1.0000000391619]) { Tolerance = 1e-5, RuntimeDiffers = NoSigmoid },
        new("swish", x => new Swish().Apply(x), [-20, 0, 20], 2, [-3.7100764881019e-8, 0.5, -3.7100764881019e-8]) { Tolerance = 1e-5, RuntimeDiffers = NoSigmoid },
        new("swish", x => new Swish().Apply(x), [1e4, -1e4, 1e30, -1e30], 2, [0, 0, 0, 0]),
        new("x·σ(x)", x => x * Ops.Sigmoid(x), [-1e30, 1e30], 1, [0, 1]),
        new("gelu", x => new Gelu().Apply(x), [-10, 0, 10], 2, [-7.5407066541723e-21, 0.79788456080287, -7.5407066541723e-21]) { RuntimeTypes = Single, RuntimeDiffers = "it adds 1 to an erf near −1", Tolerance = 2e-5 },
        new("gelu", x => new Gelu().Apply(x), [1e20, -1e20], 2, [0, 0]) { RuntimeTypes = Single },
        new("gelu by tanh", x => new Gelu(true).Apply(x), [-1e4, 1e4], 1, [0, 1]),
        new("gelu by tanh", x => new Gelu(true).Apply(x), [-1e4, 1e4], 2, [0, 0]),
        new("softmax of one class", x => Ops.Softmax(x), [3], 1, [0]),
        new("log softmax of one class", x => Ops.LogSoftmax(x), [1e30], 1, [0]),
        new("softmax, first share", x => Ops.Slice(Ops.Softmax(x), 0, 0, 1), [1e4, -1e4], 2, [0, 0]),
        new("softmax, first share", x => Ops.Slice(Ops.Softmax(x), 0, 0, 1), [0, Least], 1, [0, 0]),
        new("hardmax", x => new Autograd.Operations.Normalization.Hardmax(0).Apply(x), [1, 1], 1, [0, 0]),
    ];
}
