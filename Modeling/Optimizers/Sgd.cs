using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>Stochastic gradient descent: θ ← θ − εg. Source: book algorithm 8.1.</summary>
public sealed record Sgd : Optimizer
{
    /// <summary>The learning rate ε; 0.01 by default.</summary>
    public Schedule LearningRate { get; init; } = 0.01;

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => state.RateOf(LearningRate);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state) =>
        [.. gradients.Select(g => new Update(g.Parameter, g.Parameter - (Rate(LearningRate, state, g.Parameter) * g.Gradient)))];
}
