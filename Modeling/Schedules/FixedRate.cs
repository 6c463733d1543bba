using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>The same rate for every step.</summary>
/// <param name="Value">The rate.</param>
public sealed record FixedRate(double Value) : Schedule
{
    /// <inheritdoc/>
    public override Variable Rate(Variable step) => Variable.Scalar(Value, DType.Float64);
}
