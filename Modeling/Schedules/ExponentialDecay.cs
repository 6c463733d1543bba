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
    /// <summary>The rate of the first step, at least 0.</summary>
    public double Initial { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Initial);

    /// <summary>By what the rate is multiplied, above 0.</summary>
    public double Factor { get; init => field = Settings.Positive(value); } = Settings.Positive(Factor);

    /// <summary>A number of steps, at least 1.</summary>
    public int Every { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Every);

    internal override double Greatest => Factor <= 1.0 ? Initial : double.PositiveInfinity;

    /// <inheritdoc/>
    public override Variable Rate(Variable step) => Initial * Ops.Pow(
        Variable.Scalar(Factor, DType.Float64), step.Cast(DType.Float64) / Every);
}
