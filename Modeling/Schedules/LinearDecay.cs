using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Schedules;

/// <summary>(1 − α)·Initial + α·Final with α = step / Steps, and Final from step Steps on. Source: book section 8.3.1, equation
/// 8.14.</summary>
/// <param name="Initial">The rate of the first step.</param>
/// <param name="Final">The rate at the end, about 1 % of the initial one.</param>
/// <param name="Steps">τ: the step from which the rate stays.</param>
public sealed record LinearDecay(double Initial, double Final, int Steps) : Schedule
{
    /// <summary>The rate of the first step, at least 0.</summary>
    public double Initial { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Initial);

    /// <summary>The rate at the end, at least 0.</summary>
    public double Final { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Final);

    /// <summary>The step from which the rate stays, at least 1.</summary>
    public int Steps { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Steps);

    internal override double Greatest => Math.Max(Initial, Final);

    /// <inheritdoc/>
    public override Variable Rate(Variable step)
    {
        Variable alpha = Progress(step, Steps);
        return ((1.0 - alpha) * Initial) + (alpha * Final);
    }
}
