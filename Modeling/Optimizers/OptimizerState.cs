using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>What an optimizer remembers between steps: the number of steps and, for each learned parameter, moments such as a velocity. All
/// of it are parameters of the role <see cref="ParameterRole.State"/>, so a checkpoint holds them like weights.</summary>
public sealed class OptimizerState : IScheduleState
{
    private readonly Dictionary<string, Parameter> moments = new(StringComparer.Ordinal);
    private readonly List<Parameter> order = [];
    private readonly Dictionary<Schedule, (Schedule Followed, Variable Rate)> rates = new(ReferenceEqualityComparer.Instance);

    /// <summary>A state before the first step.</summary>
    public OptimizerState()
    {
        StepCounter = new Parameter("optimizer.step", Value.Of(0L), ParameterRole.State);
        order.Add(StepCounter);
    }

    /// <summary>The number of steps done before this one, an int64 scalar: 0 for the first.</summary>
    public Variable Step => StepCounter;

    /// <summary>Everything that is remembered, in order of creation.</summary>
    public IReadOnlyList<Parameter> Parameters => order;

    /// <summary>The parameter that counts steps; the trainer adds 1 with each.</summary>
    internal Parameter StepCounter { get; }

    /// <summary>The schedules that are followed.</summary>
    internal IEnumerable<Schedule> Schedules => rates.Values.Select(rate => rate.Followed);

    /// <summary>What a parameter really becomes when an optimizer gives it a new value: the projections of constraints follow.</summary>
    internal Func<Update, Variable> Projection { get; set; } = update => update.NewValue;

    /// <summary>A moment of a parameter, of its type and shape, 0 at first. Asked for again, it is the same one.</summary>
    /// <param name="parameter">The learned parameter.</param>
    /// <param name="moment">The name of the moment, such as "velocity".</param>
    public Parameter Moment(Parameter parameter, string moment)
    {
        string name = $"optimizer.{moment}.{parameter.Name}";
        return moments.TryGetValue(name, out Parameter? found)
            ? found
            : Number(name, Value.Zeros(parameter.DType, parameter.Value.Sizes));
    }

    /// <summary>The rate of a schedule for this step, a float64 scalar. Asked for again, it is the same variable, so that a step has its learning rate in one place.</summary>
    /// <param name="schedule">The schedule.</param>
    public Variable RateOf(Schedule schedule)
    {
        Follow(schedule, schedule);
        return rates[schedule].Rate;
    }

    /// <summary>Lets one schedule be followed where another is asked for, unless that has been asked for already.</summary>
    internal void Follow(Schedule asked, Schedule followed)
    {
        if (!rates.ContainsKey(asked))
            rates.Add(asked, (followed, followed.Rate(this)));
    }

    /// <summary>Anything else that is remembered, under its full name. Asked for again, it is the same one.</summary>
    internal Parameter Number(string name, Value initial)
    {
        if (!moments.TryGetValue(name, out Parameter? found))
        {
            found = new Parameter(name, initial, ParameterRole.State);
            moments.Add(name, found);
            order.Add(found);
        }

        return found;
    }

    Parameter IScheduleState.Number(string name, Value initial) => Number(name, initial);
}
