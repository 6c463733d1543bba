using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>Begins gently: over the first Steps steps, the rate of another schedule is multiplied by (step + 1) / Steps. Source: Goyal et
/// al., "Accurate, large minibatch SGD", 2017, section 2.2.</summary>
/// <param name="Steps">The number of steps, the last of which has the full rate.</param>
/// <param name="Then">The schedule, which runs from the first step.</param>
public sealed record WarmUp(int Steps, Schedule Then) : Schedule
{
    /// <summary>The number of steps, at least 1.</summary>
    public int Steps { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Steps);

    internal override double Greatest => Then.Greatest;

    internal override string? Monitor => Then.Monitor;

    /// <inheritdoc/>
    public override Variable Rate(Variable step) => Warmed(Then.Rate(step), step);

    internal override Variable Rate(IScheduleState state) => Warmed(Then.Rate(state), state.Step);

    internal override void Observe(IScheduleState state, double value, bool higherIsBetter) => Then.Observe(state, value, higherIsBetter);

    private Variable Warmed(Variable rate, Variable step) => rate * Progress(Ops.Add(step, Variable.Scalar(1, DType.Int64)), Steps);
}
