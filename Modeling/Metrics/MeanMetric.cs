using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Metrics;

/// <summary>A number for each example, averaged over all examples of a set with exact counts: Σ w·m·v/Σ w·m with the weight w of an example, and m whether it is there for
/// the metric at all.</summary>
public abstract record MeanMetric : Metric
{
    /// <summary>The measure of each example, a floating-point variable of shape [batch].</summary>
    /// <param name="prediction">What the model gives, its first axis the batch.</param>
    /// <param name="target">Labels, int64 [batch], or targets, of the model's type.</param>
    /// <exception cref="ShapeException">Prediction and target do not fit together.</exception>
    /// <exception cref="DTypeException">The metric does not go with such a target.</exception>
    public abstract Variable PerExample(Variable prediction, Variable target);

    /// <summary>m: how much each example counts, floating-point [batch], at least 0; null (the default) if each counts once. Examples without a label (−1) do not count
    /// in any case.</summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">Labels or targets.</param>
    public virtual Variable? Counts(Variable prediction, Variable target) => null;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        Variable each = PerExample(prediction, target);
        return WeightedMean.Both(counts, Counts(prediction, target))?.Cast(DType.Float64) is { } count
            ? [(count * WeightedMean.Present(each, count).Cast(DType.Float64)).Sum(), count.Sum()]
            : [each.Sum(), Ops.Size(each.Shape[0], DType.Float64, each)];
    }

    /// <inheritdoc/>
    internal sealed override (Variable PerExample, Variable? Counts)? MeanOf(Variable prediction, Variable target) => (PerExample(prediction, target), Counts(prediction, target));

    /// <inheritdoc/>
    public sealed override double Total(IReadOnlyList<double[]> sums) => sums[0][0] / sums[1][0];
}
