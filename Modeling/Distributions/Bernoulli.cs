using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Distributions;

/// <summary>Independent yes-or-no outputs with P(y = 1) = σ(z): −ln P(y) = Σ ζ((1 − 2y)z). Stable for any logit, infinite ones included. Source: book
/// section 6.2.2.2, equation 6.26.</summary>
/// <param name="Logits">z, of shape [batch, …].</param>
public sealed record Bernoulli(Variable Logits) : Distribution
{
    /// <inheritdoc/>
    public override Variable Mean => Logits.Sigmoid();

    /// <inheritdoc/>
    public override Variable Variance => Logits.Sigmoid() * (-Logits).Sigmoid();

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target) => CrossEntropy(nameof(Bernoulli), Logits, target);

    /// <summary>−ln P(y) of each example, and the mean of that for probabilities y; NaN for other targets.</summary>
    internal static Variable CrossEntropy(string user, Variable logits, Variable target)
    {
        if (target.DType == DType.Int64)
        {
            Variable label = Targets.Align(user, logits, target.Cast(logits.DType));
            return Targets.OrNaN(Ops.Equal(label, label.Square()), Targets.SumPerExample(((1.0 - (2.0 * label)) * logits).Softplus()));
        }

        Variable y = Targets.Align(user, logits, target);
        return Targets.OrNaN(Targets.Between(y, 0.0, 1.0), Targets.SumPerExample(Weighted(y, (-logits).Softplus()) + Weighted(1.0 - y, logits.Softplus())));

        // An outcome of probability 0 costs nothing, though its logarithm is infinite.
        static Variable Weighted(Variable probability, Variable cost) => Ops.Where(Ops.Greater(probability, 0.0), probability * cost, 0.0);
    }

    /// <summary>1 where P(y = 0) is below the level, 0 elsewhere.</summary>
    /// <param name="level">The probability, above 0 and below 1.</param>
    public override Variable Quantile(double level) => Ops.Less((-Logits).Sigmoid(), Level(level)).Cast(Logits.DType);

    /// <inheritdoc/>
    public override Variable Sample(RandomStream random) =>
        Ops.Less(random.Uniform(Logits.Shape, Logits.DType, Logits), Logits.Sigmoid()).Cast(Logits.DType);
}
