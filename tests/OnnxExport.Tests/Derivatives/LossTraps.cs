using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Losses, likelihoods and normalization at infinite logits, ties, and where a spread is 0.</summary>
internal static class LossTraps
{
    private const double Infinity = double.PositiveInfinity;

    public static IEnumerable<Trap> All =>
    [
        new("cross-entropy, −∞ off target", x => CrossEntropy(x, 0), [1, 2, -Infinity], 0, [1.31326169]) { AtMost = [1.3132617] },
        new("cross-entropy, −∞ off target", x => CrossEntropy(x, 0), [1, 2, -Infinity], 1, [-0.731058579, 0.731058579, 0]) { AtMost = [-0.731058578, 0.73105858, 0] },
        new("cross-entropy with smoothing 0.1", x => Of(new SoftmaxCrossEntropy { Smoothing = 0.1 }, x, Label(1)), [1000, 0, -1000], 1, [0.966666667, -0.933333333, -0.0333333333]) { Shape = [1, 3] },
        new("cross-entropy with smoothing 0.1", x => Of(new SoftmaxCrossEntropy { Smoothing = 0.1 }, x, Label(1)), [1, 2, 3], 1, [0.0566972398, -0.688604862, 0.631907622]) { Shape = [1, 3] },
        new("binary cross-entropy, target 0.3", x => Of(new BinaryCrossEntropy(), x, Target(x, 0.3)), [-1e4], 0, [3000]) { Shape = [1, 1] },
        new("binary cross-entropy, target 0.3", x => Of(new BinaryCrossEntropy(), x, Target(x, 0.3)), [1e4], 0, [7000]) { Shape = [1, 1] },
        new("binary cross-entropy, target 1", x => Of(new BinaryCrossEntropy(), x, Target(x, 1)), [Infinity], 0, [0]) { Shape = [1, 1] },
        new("binary cross-entropy, target 1", x => Of(new BinaryCrossEntropy(), x, Target(x, 1)), [Infinity], 1, [0]) { Shape = [1, 1] },
        new("binary cross-entropy, target 0", x => Of(new BinaryCrossEntropy(), x, Target(x, 0)), [-Infinity], 1, [0]) { Shape = [1, 1] },
        new("binary cross-entropy, target 0", x => Of(new BinaryCrossEntropy(), x, Target(x, 0)), [Infinity], 0, [Infinity]) { Shape = [1, 1] },
        new("Huber(1)", x => Of(new Huber(1), x, Target(x, 0)), [0], 1, [0]) { Shape = [1, 1] },
        new("Huber(1)", x => Of(new Huber(1), x, Target(x, 0)), [0.5], 2, [1]) { Shape = [1, 1] },
        new("Huber(1)", x => Of(new Huber(1), x, Target(x, 0)), [2], 2, [0]) { Shape = [1, 1] },
        new("quantile loss 0.9", x => Of(new QuantileLoss(0.9), x, Target(x, 0)), [0], 1, [-0.9]) { AtMost = [0.1], Shape = [1, 1] },
        new("all examples without a label", x => Of(new LabelledOnly(new SoftmaxCrossEntropy()), x, Label(-1)), [3, 5], 0, [0]) { Shape = [1, 2] },
        new("logits of an example without a label infinite", x => Of(new LabelledOnly(new SoftmaxCrossEntropy()), x, Label(0, -1)), [3, 5, Infinity, Infinity], 1, [-0.880797078, 0.880797078, 0, 0]) { AtMost = [-0.880797077, 0.880797079, 0, 0], Shape = [2, 2] },
        new("Poisson likelihood, y = 0", x => Of(new PoissonLikelihood(), x, Target(x, 0)), [-1e4], 1, [0]) { Shape = [1, 1] },
        new("heteroscedastic Gaussian, spread number −10⁴", x => Of(new HeteroscedasticGaussian(), x, Target(x, 1)), [0, -1e4], 1, [-1e4, 0]) { Shape = [1, 2], Tolerance = 1e-5 },
        new("normalization of two examples, first result", First, [3, 1], 1, [4.999925e-6, -4.999925e-6]) { Shape = [2, 1], Tolerance = 5e-2 },
        new("normalization of two equal examples, first result", First, [3, 3], 1, [158.113883, -158.113883]) { Shape = [2, 1] },
        new("normalization of one example", First, [3], 1, [0]) { Shape = [1, 1] },
    ];

    private static Variable CrossEntropy(Variable x, long label) => new LogitCrossEntropy().Apply(Ops.Reshape(x, [1, x.Shape[0]]), Label(label));

    private static Variable Of(Loss loss, Variable x, Variable target) => loss.Mean(x, target);

    private static Variable Label(params long[] labels) => Variable.Of(Value.Of(labels, labels.Length));

    private static Variable Target(Variable like, double number) => Ops.Reshape(Variable.Scalar(number, like.DType), [1, 1]);

    /// <summary>The first result of (x − mean)/√(variance + 10⁻⁵) over the batch.</summary>
    private static Variable First(Variable x)
    {
        Variable centred = x - Ops.Mean(x, [0], keepDims: true);
        return Ops.Slice(centred / Ops.Sqrt(Ops.Mean(centred * centred, [0], keepDims: true) + 1e-5), 0, 0, 1);
    }
}
