using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Metrics;

/// <summary>A measure of how good predictions are: a number for each example, averaged over all examples of a set with exact
/// counts.</summary>
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
}
