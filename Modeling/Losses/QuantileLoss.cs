using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>max(τe, (τ − 1)e) for the error e = y − ŷ, averaged over the outputs of an example: the best prediction is the τ-quantile of y given x,
/// the median for τ = ½ (half the absolute error, book equation 6.16). Source: Koenker, Bassett, "Regression quantiles", 1978.</summary>
/// <remarks>Prediction and target: real numbers of the same shape.</remarks>
/// <param name="Level">τ, above 0 and below 1.</param>
public sealed record QuantileLoss(double Level) : Loss
{
    /// <summary>τ, above 0 and below 1.</summary>
    public double Level { get; init => field = Settings.InsideUnit(value); } = Settings.InsideUnit(Level);

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        Variable error = Targets.Align(nameof(QuantileLoss), prediction, target) - prediction;
        return Targets.MeanPerExample(Ops.Max(Level * error, (Level - 1.0) * error));
    }
}
