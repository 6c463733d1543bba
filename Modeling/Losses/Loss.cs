using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// What training makes small: a number for each example, averaged over the batch. Source: book section 6.2.1; most losses are
/// cross-entropies between the data and the distribution that the model states.
/// </summary>
/// <remarks>One of your own is a <c>record</c>, as all of them are, so that <see cref="On"/> and <c>with</c> copy what it holds: from a class, C# says
/// "Only records may inherit from records" (CS8865).</remarks>
public abstract record Loss
{
    /// <summary>The name of the output of the model that is the prediction; "output" by default, what a <see cref="Module"/> gives.</summary>
    public string Output { get; init; } = Named.Output;

    /// <summary>The name of the field of the examples that is the target; "target" by default. Where it is a sequence, each step counts, and the mean is over all steps.</summary>
    public string Target { get; init; } = DataLayout.Target;

    /// <summary>The name of a field that says how much an example (or a step of a sequence) counts for this loss, real numbers of at least 0, beside the "weight" of examples;
    /// null (the default) for none. A mask is a weight of zeros and ones.</summary>
    public string? Weight { get; init; }

    /// <summary>Whether the second axis of prediction and target is one of steps, each of which has a target of its own.</summary>
    internal virtual bool ReadsSteps => false;

    /// <summary>What a sum with this loss adds up, each with its factor.</summary>
    private protected virtual IReadOnlyList<(double Factor, Loss Loss)> Addends => [(1.0, this)];

    /// <summary>The losses that are added up, each with names of its own.</summary>
    internal virtual IReadOnlyList<Loss> Summands => [this];

    /// <summary>The sum of two losses.</summary>
    /// <param name="left">The first loss.</param>
    /// <param name="right">The second loss.</param>
    public static Loss operator +(Loss left, Loss right) => new SumOfLosses([.. left.Addends, .. right.Addends]);

    /// <summary>A loss that counts so much in a sum.</summary>
    /// <param name="factor">The factor, at least 0.</param>
    /// <param name="loss">The loss.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public static Loss operator *(double factor, Loss loss) => new SumOfLosses([.. loss.Addends.Select(part => (Settings.NotNegative(factor) * part.Factor, part.Loss))]);

    /// <summary>The same as the operator +.</summary>
    /// <param name="left">The first loss.</param>
    /// <param name="right">The second loss.</param>
    public static Loss Add(Loss left, Loss right) => left + right;

    /// <summary>The same as the operator *.</summary>
    /// <param name="factor">The factor, at least 0.</param>
    /// <param name="loss">The loss.</param>
    public static Loss Multiply(double factor, Loss loss) => factor * loss;

    /// <summary>The loss of the output and the target of one name.</summary>
    /// <param name="name">The name of the output and of the target.</param>
    /// <param name="weight">The field that says how much examples count; null for none.</param>
    public virtual Loss On(string name, string? weight = null) => this with { Output = name, Target = name, Weight = weight };

    /// <summary>Whether predictions are logits of classes, [batch, classes], whose softmax is P(y | x): what regularizers need that compare or sharpen
    /// predicted probabilities. False by default.</summary>
    public virtual bool ReadsClassLogits => false;

    /// <summary>Whether predictions are logits, of classes or of something else, so that a softmax or a sigmoid before the loss is a mistake.</summary>
    internal virtual bool ReadsLogits => ReadsClassLogits;

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
    public Variable Mean(Variable prediction, Variable target, Variable? weight = null) => MergedTerms(prediction, target)
        .Select(term => WeightedMean.Of(term.PerExample, WeightedMean.Product(weight, term.Counts))).Aggregate((sum, term) => sum + term);

    /// <summary>The terms, those for which each example counts once added up to one.</summary>
    internal IReadOnlyList<LossTerm> MergedTerms(Variable prediction, Variable target)
    {
        ILookup<bool, LossTerm> terms = Terms(prediction, target).ToLookup(term => term.Counts is null);
        return terms[true].Any()
            ? [new LossTerm(terms[true].Select(term => term.PerExample).Aggregate((sum, loss) => sum + loss)), .. terms[false]]
            : [.. terms[false]];
    }

    /// <summary>The terms for outputs and fields by name, with the weights of their examples; padding of sequences does not count.</summary>
    internal virtual IReadOnlyList<CountedTerm> TermsOf(Named outputs, Named fields, ExampleSymbols examples)
    {
        Compared compared = Compared.Of(GetType().Name, (Output, Target, Weight), outputs, fields, examples);
        return
        [
            .. MergedTerms(compared.Prediction, compared.Target).Select(term => term.PerExample.Shape.Rank == 1
                ? new CountedTerm(term.PerExample, WeightedMean.Both(term.Counts, compared.Counts), compared.Weight)
                : throw new ShapeException($"{GetType().Name} must give one number per example, [batch]; found {term.PerExample.Shape}.")),
        ];
    }

    /// <summary>The mean loss of the batch for outputs and fields by name.</summary>
    internal Variable Mean(Named outputs, Named fields, ExampleSymbols examples) => TermsOf(outputs, fields, examples)
        .Select(term => WeightedMean.Of(term.PerExample, WeightedMean.Product(term.Weight, term.Counts))).Aggregate((sum, term) => sum + term);
}
