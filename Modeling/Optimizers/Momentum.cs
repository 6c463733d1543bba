using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>Gradient descent with a velocity: v ← αv − εg, θ ← θ + v. Source: book algorithm 8.2, equations 8.15 and 8.16; Polyak
/// 1964.</summary>
public sealed record Momentum : Optimizer
{
    /// <summary>The learning rate ε; 0.01 by default.</summary>
    public Schedule LearningRate { get; init; } = 0.01;

    /// <summary>α: the share of the velocity that is kept, from 0 to below 1, fixed or growing with the steps as in <c>new LinearDecay(0.5, 0.9, steps)</c>; 0.9
    /// by default. Source of the growth: Sutskever et al. 2013.</summary>
    public Schedule Decay { get; init => field = Schedule.Rate(value); } = 0.9;

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => state.RateOf(LearningRate);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        Variable decay = new Hyperparameter("momentum").Apply(state.RateOf(Decay));
        var updates = new List<Update>();
        foreach ((Parameter parameter, Variable gradient) in gradients)
        {
            Parameter velocity = state.Moment(parameter, "velocity");
            Variable next = (decay.Cast(parameter.DType) * velocity.Variable) - (Rate(LearningRate, state, parameter) * gradient);
            updates.Add(new Update(velocity, next));
            updates.Add(new Update(parameter, parameter + next));
        }

        return updates;
    }
}
