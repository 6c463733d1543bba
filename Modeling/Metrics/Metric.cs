using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Metrics;

/// <summary>A measure of how good predictions are: a number for each example, averaged over all examples of a set with exact
/// counts: Σ w·m·v/Σ w·m with the weight w of an example, and m whether it is there for the metric at all.</summary>
public abstract record Metric
{
    /// <summary>The name in histories and reports, in lower case.</summary>
    public abstract string Name { get; }

    /// <summary>Whether greater values are better; true by default.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>The measure of each example, a floating-point variable of shape [batch].</summary>
    /// <param name="prediction">What the model gives, its first axis the batch.</param>
    /// <param name="target">Labels, int64 [batch], or targets, of the model's type.</param>
    /// <exception cref="Autograd.Tensors.ShapeException">Prediction and target do not fit together.</exception>
    /// <exception cref="Autograd.Tensors.DTypeException">The metric does not go with such a target.</exception>
    public abstract Variable PerExample(Variable prediction, Variable target);

    /// <summary>m: how much each example counts, floating-point [batch], at least 0; null (the default) if each counts once. Examples without a label (−1) do not count
    /// in any case.</summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">Labels or targets.</param>
    public virtual Variable? Counts(Variable prediction, Variable target) => null;
}
