using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>
/// How parameters follow gradients: maps the gradients of one step to updates of parameters, in the graph. Optimizers nest: one may change
/// the gradients and hand them to another, as <see cref="ClipByNorm"/> does. Source: book chapter 8.
/// </summary>
/// <remarks>One of your own is a <c>record</c>, as all of them are: from a class, C# says "Only records may inherit from records" (CS8865).</remarks>
public abstract record Optimizer
{
    /// <summary>The updates of one step: of the parameters and of what the optimizer remembers, but not of the step counter.</summary>
    /// <param name="gradients">The learned parameters with their gradients.</param>
    /// <param name="state">What the optimizer remembers.</param>
    public abstract IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state);

    /// <summary>The learning rate of this step, a float64 scalar, for histories.</summary>
    /// <param name="state">What the optimizer remembers.</param>
    public abstract Variable Rate(OptimizerState state);

    /// <summary>The rate of a schedule for this step in the type of a parameter.</summary>
    private protected static Variable Rate(Schedule schedule, OptimizerState state, Parameter parameter) =>
        state.RateOf(schedule).Cast(parameter.DType);

    /// <summary>The next value of a moving mean: decay·mean + (1 − decay)·value.</summary>
    private protected static Variable Mean(Variable decay, Parameter mean, Variable value) =>
        (decay.Cast(mean.DType) * mean.Variable) + ((1.0 - decay).Cast(mean.DType) * value);
}
