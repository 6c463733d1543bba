using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>Stairs: Initial·Factor^⌊step / Every⌋.</summary>
/// <param name="Initial">The rate of the first step.</param>
/// <param name="Factor">By what the rate is multiplied at each stair, such as 0.1.</param>
/// <param name="Every">The number of steps on one stair.</param>
public sealed record StepDecay(double Initial, double Factor, int Every) : Schedule
{
    /// <summary>The rate of the first step, at least 0.</summary>
    public double Initial { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Initial);

    /// <summary>By what the rate is multiplied, above 0.</summary>
    public double Factor { get; init => field = Settings.Positive(value); } = Settings.Positive(Factor);

    /// <summary>A number of steps, at least 1.</summary>
    public int Every { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Every);

    internal override double Greatest => Factor <= 1.0 ? Initial : double.PositiveInfinity;

    /// <inheritdoc/>
    public override Variable Rate(Variable step)
    {
        // Integers divide towards zero, as whole stairs do.
        Variable stair = Ops.Div(step, Variable.Scalar(Every, DType.Int64)).Cast(DType.Float64);
        return Initial * Ops.Pow(Variable.Scalar(Factor, DType.Float64), stair);
    }
}
