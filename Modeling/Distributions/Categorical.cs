using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Distributions;

/// <summary>One of k classes with P(y = i) = softmax(z)ᵢ: −ln P(y) = ln Σ e^z − z_y. Mean and variance are those of the k indicators of the
/// classes. Source: book section 6.2.2.3, equations 6.29 and 6.30.</summary>
/// <param name="Logits">z, of shape [batch, classes].</param>
public sealed record Categorical(Variable Logits) : Distribution
{
    /// <inheritdoc/>
    public override Variable Mean => Logits.Softmax();

    /// <inheritdoc/>
    public override Variable Variance => Mean * (1.0 - Mean);

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target)
    {
        _ = Targets.Classes(nameof(Categorical), Logits, target);
        return Ops.SoftmaxCrossEntropyLoss(Logits, target);
    }

    /// <summary>Not defined: classes have no order.</summary>
    /// <param name="level">Not used.</param>
    public override Variable Quantile(double level) => throw new NotSupportedException("Classes have no order, so they have no quantiles.");

    /// <summary>The class of each example, int64 [batch]: the greatest of zᵢ − ln(−ln uᵢ). Source: Gumbel 1954.</summary>
    /// <param name="random">The random numbers.</param>
    public override Variable Sample(RandomStream random)
    {
        // 1 − u lies in (0, 1], and its logarithm is bounded away from 0 so that a draw of exactly 1 stays finite.
        Variable exponential = Ops.Max(-(1.0 - random.Uniform(Logits.Shape, Logits.DType, Logits)).Log(), 1e-30);
        return (Logits - exponential.Log()).ArgMax(1);
    }
}
