using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Strength·(−H(p)), with H the entropy in nats of the softmax of the outputs, the mean over the batch: makes predictions less certain. Source:
/// Pereyra et al., "Regularizing neural networks by penalizing confident output distributions", 2017; the aim of book section 7.5.1.</summary>
/// <param name="Strength">β, at least 0.</param>
public sealed record ConfidencePenalty(double Strength) : Regularizer
{
    /// <summary>β, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        objective.RequireClassLogits(nameof(ConfidencePenalty));
        Variable log = objective.Output.LogSoftmax();
        return Strength * objective.Mean(Probabilities.Times(log.Exp(), log).Sum([-1]));
    }
}
