using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>½e² where the error |e| = |y − ŷ| is at most δ, δ(|e| − ½δ) beyond, averaged over the outputs of an example: squared near 0, absolute
/// far away, with a gradient that never exceeds δ. Source: Huber, "Robust estimation of a location parameter", 1964; between the two estimators
/// of book equations 6.14 and 6.16.</summary>
/// <remarks>Prediction and target: real numbers of the same shape.</remarks>
/// <param name="Width">δ, above 0.</param>
public sealed record Huber(double Width = 1.0) : Loss
{
    /// <summary>δ, above 0.</summary>
    public double Width { get; init => field = Settings.Positive(value); } = Settings.Positive(Width);

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        Variable size = (Targets.Align(nameof(Huber), prediction, target) - prediction).Abs();
        // With c = min(|e|, δ), both branches are c(|e| − ½c).
        Variable inside = Ops.Min(size, Width);
        return Targets.MeanPerExample(inside * (size - (0.5 * inside)));
    }
}
