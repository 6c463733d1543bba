using System.Runtime.CompilerServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>
/// A learning rate that follows the step of training, as part of the graph. A number converts to the schedule that never changes:
/// <c>LearningRate = 1e-3</c>. Source: book section 8.3.1.
/// </summary>
/// <remarks>Steps count batches, not epochs. A schedule is a pure function of the step, or keeps what else it follows beside the optimizer's
/// moments (<see cref="ReduceOnPlateau"/>, <see cref="AdjustableRate"/>), so a resumed training goes on where it stood. One of your own is a <c>record</c>, as all of
/// them are: from a class, C# says "Only records may inherit from records" (CS8865).</remarks>
public abstract record Schedule
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">The number of steps done before, an int64 scalar: 0 for the first.</param>
    /// <returns>A float64 scalar.</returns>
    public abstract Variable Rate(Variable step);

    /// <summary>The rate of a step for schedules that follow more than the step.</summary>
    internal virtual Variable Rate(IScheduleState state) => Rate(state.Step);

    /// <summary>What of an evaluation of the validation set the schedule follows: "loss" or the name of a metric; null for nothing.</summary>
    internal virtual string? Monitor => null;

    /// <summary>Takes notice of an evaluation.</summary>
    /// <param name="state">What is remembered between steps.</param>
    /// <param name="value">The value of <see cref="Monitor"/>.</param>
    /// <param name="higherIsBetter">Which way is better.</param>
    internal virtual void Observe(IScheduleState state, double value, bool higherIsBetter)
    {
    }

    /// <summary>What no step's rate exceeds, for settings that have a bound; 0 where nothing is known, as of schedules from elsewhere.</summary>
    internal virtual double Greatest => 0.0;

    /// <summary>Refuses a schedule that does not stay from 0 (included) to 1 (excluded).</summary>
    internal static Schedule Rate(Schedule value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value.Greatest < 1.0 ? value : throw Settings.Wrong(name, member, value.Greatest, "a schedule that stays at least 0 and below 1");

    /// <summary>The schedule that never changes.</summary>
    /// <param name="rate">The rate.</param>
    public static implicit operator Schedule(double rate) => new FixedRate(Settings.NotNegative(rate, "LearningRate"));

    /// <summary>How far a step has come on the way to the last of <paramref name="steps"/>: from 0 to 1, and 1 from then on.</summary>
    private protected static Variable Progress(Variable step, int steps) =>
        Ops.Min(step.Cast(DType.Float64) / steps, 1.0);
}
