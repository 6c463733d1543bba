using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Distributions;

/// <summary>Independent yes-or-no outputs with P(y = 1) = σ(z): −ln P(y) = Σ ζ((1 − 2y)z). Stable for any finite logit. Source: book
/// section 6.2.2.2, equation 6.26.</summary>
/// <param name="Logits">z, of shape [batch, …].</param>
public sealed record Bernoulli(Variable Logits) : Distribution
{
    /// <inheritdoc/>
    public override Variable Mean => Logits.Sigmoid();

    /// <inheritdoc/>
    public override Variable Variance => Logits.Sigmoid() * (-Logits).Sigmoid();

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target) => new BinaryCrossEntropy().PerExample(Logits, target);

    /// <summary>1 where P(y = 0) is below the level, 0 elsewhere.</summary>
    /// <param name="level">The probability, above 0 and below 1.</param>
    public override Variable Quantile(double level) => Ops.Less((-Logits).Sigmoid(), Level(level)).Cast(Logits.DType);

    /// <inheritdoc/>
    public override Variable Sample(RandomStream random) =>
        Ops.Less(random.Uniform(Logits.Shape, Logits.DType, Logits), Logits.Sigmoid()).Cast(Logits.DType);
}
