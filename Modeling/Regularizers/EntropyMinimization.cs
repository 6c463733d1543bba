using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Strength·H(p), with H the entropy in nats of the softmax of the outputs, the mean over the batch, unlabelled examples included: moves the border
/// between classes to where there are few examples; in effect, pseudo-labels that are as soft as the prediction. Source: book section 7.6; Grandvalet,
/// Bengio, "Semi-supervised learning by entropy minimization", 2004; Lee, "Pseudo-label", 2013.</summary>
/// <param name="Strength">λ, at least 0.</param>
public sealed record EntropyMinimization(double Strength) : Regularizer
{
    /// <summary>λ, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        objective.RequireClassLogits(nameof(EntropyMinimization));
        Variable log = objective.Output.LogSoftmax();
        return -Strength * objective.Mean(Probabilities.Times(log.Exp(), log).Sum([-1]));
    }
}
