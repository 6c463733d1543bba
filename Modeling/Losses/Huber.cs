using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>½e² where the error |e| = |y − ŷ| is at most δ, δ(|e| − ½δ) beyond, averaged over the outputs of an example: squared near 0, absolute
/// far away, with a gradient that never exceeds δ and a second derivative 1 below δ, 0 from δ on. Source: Huber, "Robust estimation of a location parameter", 1964; between the two estimators
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
        Variable error = Targets.Align(nameof(Huber), prediction, target) - prediction;
        // With c = e cut off at ±δ, both branches are c(e − ½c), which is smooth at 0.
        Variable inside = Ops.Clip(error, -Width, Width);
        return Targets.MeanPerExample(inside * (error - (0.5 * inside)));
    }
}
