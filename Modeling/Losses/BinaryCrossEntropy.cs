using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// −ln P(y) for P(y = 1) = σ(z): the negative log-likelihood of a Bernoulli output, ζ((1 − 2y)z) with the softplus ζ. Source: book section
/// 6.2.2.2, equations 6.24 to 6.26. It saturates only when the answer is right, and is stable for any logit; an infinite one on the side of the target costs 0, on the other ∞. Over several outputs
/// per example, the losses are added: the outputs are independent.
/// </summary>
/// <remarks>Prediction: logits, not probabilities. Target: probabilities in [0, 1] of the prediction's shape (trailing axes of size 1 do
/// not matter), for which the loss is y·ζ(−z) + (1 − y)·ζ(z); or labels 0 and 1, int64 [batch], for one logit per example. The loss of an example with another target is
/// NaN.</remarks>
public sealed record BinaryCrossEntropy : Loss
{
    internal override bool ReadsLogits => true;

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target) => Bernoulli.CrossEntropy(nameof(BinaryCrossEntropy), prediction, target);

    /// <inheritdoc/>
    protected internal override string? TargetFault(ReadOnlySpan<float> target, int outputs)
    {
        foreach (float y in target)
        {
            if (!(y >= 0f && y <= 1f))
                return FormattableString.Invariant($"expected a probability from 0 to 1, found {y}");
        }

        return null;
    }
}
