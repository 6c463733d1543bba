using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Schedules;

/// <summary>Final + ½(Initial − Final)(1 + cos(π·step / Steps)), and Final from step Steps on. Source: Loshchilov, Hutter, "SGDR:
/// stochastic gradient descent with warm restarts", 2016, equation 5 without restarts.</summary>
/// <param name="Initial">The rate of the first step.</param>
/// <param name="Final">The rate at the end.</param>
/// <param name="Steps">The step from which the rate stays.</param>
public sealed record CosineDecay(double Initial, double Final, int Steps) : Schedule
{
    /// <summary>The rate of the first step, at least 0.</summary>
    public double Initial { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Initial);

    /// <summary>The rate at the end, at least 0.</summary>
    public double Final { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Final);

    /// <summary>The step from which the rate stays, at least 1.</summary>
    public int Steps { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Steps);

    internal override double Greatest => Math.Max(Initial, Final);

    /// <inheritdoc/>
    public override Variable Rate(Variable step) =>
        Final + (0.5 * (Initial - Final) * (1.0 + (Math.PI * Progress(step, Steps)).Cos()));
}
