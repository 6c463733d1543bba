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
    /// <inheritdoc/>
    public override Variable Rate(Variable step)
    {
        // Integers divide towards zero, as whole stairs do.
        Variable stair = Ops.Div(step, Variable.Scalar(Positive(Every, nameof(Every)), DType.Int64)).Cast(DType.Float64);
        return Initial * Ops.Pow(Variable.Scalar(Factor, DType.Float64), stair);
    }
}
