using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>The same rate for every step.</summary>
/// <param name="Value">The rate.</param>
public sealed record FixedRate(double Value) : Schedule
{
    /// <summary>The rate, at least 0.</summary>
    public double Value { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Value);

    internal override double Greatest => Value;

    /// <inheritdoc/>
    public override Variable Rate(Variable step) => Variable.Scalar(Value, DType.Float64);
}
