using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>Basis·factor, where the factor is 1 at first and a <see cref="Training.Callback"/> changes it while the training runs
/// (<see cref="Training.TrainingControl.LearningRateFactor"/>). Checkpoints hold the factor.</summary>
/// <param name="Basis">The schedule that is multiplied; a number for the same rate in every step.</param>
public sealed record AdjustableRate(Schedule Basis) : Schedule
{
    /// <summary>The name under which the factor is remembered.</summary>
    internal const string Factor = "optimizer.rate_factor";

    internal override string? Monitor => Basis.Monitor;

    /// <summary>The rate while the factor is 1.</summary>
    /// <param name="step">The number of steps done before, an int64 scalar.</param>
    public override Variable Rate(Variable step) => Basis.Rate(step);

    internal override Variable Rate(IScheduleState state) => Basis.Rate(state) * state.Number(Factor, Value.Of(1.0)).Variable;

    internal override void Observe(IScheduleState state, double value, bool higherIsBetter) => Basis.Observe(state, value, higherIsBetter);
}
