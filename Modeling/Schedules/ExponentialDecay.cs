using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>Initial·Factor^(step / Every): the rate falls by Factor over each stretch of Every steps, smoothly.</summary>
/// <param name="Initial">The rate of the first step.</param>
/// <param name="Factor">By what the rate is multiplied over one stretch, such as 0.5.</param>
/// <param name="Every">The number of steps of a stretch.</param>
public sealed record ExponentialDecay(double Initial, double Factor, int Every) : Schedule
{
    /// <inheritdoc/>
    public override Variable Rate(Variable step) => Initial * Ops.Pow(
        Variable.Scalar(Factor, DType.Float64), step.Cast(DType.Float64) / Positive(Every, nameof(Every)));
}
