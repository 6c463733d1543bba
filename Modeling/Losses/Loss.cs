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

    /// <summary>The parts of the loss, each a mean over the examples that count for it; by default one part, for which each example counts once. A loss that passes
    /// over examples, or counts some more than others, derives from <see cref="ComposedLoss"/>.</summary>
    /// <param name="prediction">What the model gives, its first axis the batch.</param>
    /// <param name="target">Labels or targets.</param>
    public virtual IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target) => [new LossTerm(PerExample(prediction, target))];

    /// <summary>What is wrong with the target of an example, in words such as "expected a number from 0 to 1, found 1.5"; null (the default) if nothing is. Trainers ask
    /// for it to name an example whose loss would make no sense; in the graph such a loss is NaN.</summary>
    /// <param name="target">The numbers of the target, which are finite.</param>
    /// <param name="outputs">How many numbers the model gives for an example.</param>
    protected internal virtual string? TargetFault(ReadOnlySpan<float> target, int outputs) => null;

    /// <summary>The mean loss of the batch, a scalar: Σ w·m·l/Σ w·m, with the weight w of an example, and m how much it counts for this loss; the sum of these where the
    /// loss has several <see cref="Terms"/>. A term for which no example counts is 0.</summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">Labels or targets.</param>
    /// <param name="weight">w, floating-point [batch]; null if each example counts once.</param>
    public Variable Mean(Variable prediction, Variable target, Variable? weight = null) => Parts(prediction, target)
        .Select(term => WeightedMean.Of(term.PerExample, WeightedMean.Product(weight, term.Counts))).Aggregate((sum, term) => sum + term);

    /// <summary>The terms, those for which each example counts once added up to one.</summary>
    internal IReadOnlyList<LossTerm> Parts(Variable prediction, Variable target)
    {
        ILookup<bool, LossTerm> terms = Terms(prediction, target).ToLookup(term => term.Counts is null);
        return terms[true].Any()
            ? [new LossTerm(terms[true].Select(term => term.PerExample).Aggregate((sum, loss) => sum + loss)), .. terms[false]]
            : [.. terms[false]];
    }
}
