using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// What training makes small: a number for each example, averaged over the batch. Source: book section 6.2.1; most losses are
/// cross-entropies between the data and the distribution that the model states.
/// </summary>
public abstract record Loss
{
    /// <summary>Whether predictions are logits of classes, [batch, classes], whose softmax is P(y | x): what regularizers need that compare or sharpen
    /// predicted probabilities. False by default.</summary>
    public virtual bool ReadsClassLogits => false;

    /// <summary>Whether labels may be −1, for examples without one. False by default.</summary>
    public virtual bool TakesUnlabelled => false;

    /// <summary>The loss of each example, of shape [batch].</summary>
    /// <param name="prediction">What the model gives, its first axis the batch.</param>
    /// <param name="target">Labels, int64 [batch], or targets, of the model's type.</param>
    /// <exception cref="ShapeException">Prediction and target do not fit together.</exception>
    /// <exception cref="DTypeException">The loss does not go with such a target.</exception>
    public abstract Variable PerExample(Variable prediction, Variable target);

    /// <summary>The mean loss of the batch, a scalar.</summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">Labels or targets.</param>
    public Variable Mean(Variable prediction, Variable target) => PerExample(prediction, target).Mean();
}
