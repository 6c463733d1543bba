using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>
/// Nesterov momentum: the gradient is taken where the velocity is about to lead. Source: book algorithm 8.3, equations 8.21 and 8.22;
/// Sutskever et al. 2013.
/// </summary>
/// <remarks>What is stored are the points φ = θ + αv at which gradients are taken. In them the method reads v ← αv − εg(φ),
/// φ ← φ + αv − εg(φ), with the new v: the same iterates, without evaluating the model at two points. (Bengio, Boulanger-Lewandowski,
/// Pascanu, "Advances in optimizing recurrent networks", 2012, section 3.5.)</remarks>
public sealed record Nesterov : Optimizer
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
            Variable pull = Rate(LearningRate, state, parameter) * gradient;
            Variable kept = decay.Cast(parameter.DType);
            Variable next = (kept * velocity.Variable) - pull;
            updates.Add(new Update(velocity, next));
            updates.Add(new Update(parameter, parameter + (kept * next) - pull));
        }

        return updates;
    }
}
