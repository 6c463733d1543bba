using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Metrics;

/// <summary>
/// The expected calibration error, Σ_b n_b/n · |accuracy_b − confidence_b|: how far the probability that a model gives to the class it chooses is from how often it is right. The range of confidences, 0 to 1, is cut into
/// bins b of equal width, the upper end of each included; n_b examples have theirs in b. From 0, where confidence is what it should be, to 1. Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural
/// networks", 2017, equation 3.
/// </summary>
/// <remarks>Prediction: logits [batch, classes], the class that of the greatest (the first at a tie) and the confidence its softmax; or one logit z per example, class 1 above 0, with the confidence σ(|z|). Target: int64
/// [batch]. Of weighted examples, n, accuracy and confidence are weighted. An example with NaN in its prediction, or whose target is no class, is not counted; where none is, the error is NaN.</remarks>
public sealed record CalibrationError : Metric
{
    // Beyond it, differences of infinite logits would be no numbers.
    private const double Greatest = 1e300;

    /// <summary>The number of bins, at least 1; 15 by default. With few bins errors of opposite signs cancel, with many each bin has few examples.</summary>
    public int Bins { get; init => field = Settings.AtLeastOne(value); } = 15;

    /// <inheritdoc/>
    public override string Name => "calibration error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        Variable? logit = Guesses.Single(prediction);
        if (logit is not null && (target.DType != DType.Int64 || target.Shape.Rank != 1 || target.Shape[0] != logit.Shape[0]))
            throw new ShapeException($"{nameof(CalibrationError)} expects labels, int64 [{logit.Shape[0]}], for the prediction {prediction.Shape}, found {target.Type}.");
        (Variable taken, Variable actual, _) = Guesses.Of(nameof(CalibrationError), prediction, target);
        Variable counted = taken.Sum([1]) * actual.Sum([1]), right = (taken * actual).Sum([1]);
        Variable confidence = Ops.Where(Ops.Greater(counted, 0.0), logit is null ? OfLogits(prediction) : OfLogit(logit), 1.0);
        Variable bin = Ops.Clip(new Ceil().Apply(confidence * (double)Bins) - 1.0, 0.0, Bins - 1.0).Cast(DType.Int64);
        Variable bins = Guesses.Counted(Ops.OneHot(bin, Bins, DType.Float64), counts);
        return [Total(counted), Total(right), Total(counted * confidence)];

        Variable Total(Variable each) => (bins * each.Reshape([each.Shape[0], 1])).Sum([0]);
    }

    /// <inheritdoc/>
    public override double Total(IReadOnlyList<double[]> sums)
    {
        double error = 0.0;
        for (int bin = 0; bin < sums[0].Length; bin++)
            error += Math.Abs(sums[1][bin] - sums[2][bin]);
        return error / sums[0].Sum();
    }

    private static Variable OfLogits(Variable prediction)
    {
        Variable z = Ops.Clip(prediction.Cast(DType.Float64), -Greatest, Greatest);
        return 1.0 / (z - z.ReduceMax([1], keepDims: true)).Exp().Sum([1]);
    }

    private static Variable OfLogit(Variable logit) => 1.0 / (1.0 + (-logit.Cast(DType.Float64).Abs()).Exp());
}
