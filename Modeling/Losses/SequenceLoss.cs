using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// The loss of a sequence as the mean of another loss over its steps, Σₜ wₜ·Jₜ/Σₜ wₜ, so that a long sequence counts no more than a short one (other losses take each step of a sequence
/// for an example). Source: book section 6.2.1 for conditionally independent outputs; 10.2.2, equation 10.14, sums over positions.
/// </summary>
/// <remarks>
/// Prediction: [batch, steps, …], as a dense layer on [batch, steps, features] gives it; target: [batch, steps, …] of real numbers or, for losses on labels, of classes. Steps behind the
/// end of a ragged axis are not there. <see cref="Loss.Weight"/> may name a field [batch, steps] of weights or a mask of steps, or [batch] of sequences. A
/// sequence without any step that counts is not there.
/// </remarks>
/// <param name="Inner">The loss of one step.</param>
public sealed record SequenceLoss(Loss Inner) : ComposedLoss
{
    /// <summary>The weight of each step of sequences of one length, at least 0 and not all 0; null (the default) for equal weights.</summary>
    public IReadOnlyList<double>? Weights
    {
        get;
        init
        {
            foreach (double weight in value ?? [])
                Settings.NotNegative(weight);
            field = value is not null && value.Sum() == 0.0
                ? throw new ArgumentException($"Expected weights that are not all 0, found {value.Count} with the sum 0.", nameof(value))
                : value;
        }
    }

    /// <inheritdoc/>
    public override bool TakesUnlabelled => Inner.TakesUnlabelled;

    /// <inheritdoc/>
    internal override bool ReadsSteps => true;

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target)
    {
        if (target.Shape.Rank < 2 || prediction.Shape.Rank < 2 || !prediction.Shape.Take(2).SequenceEqual(target.Shape.Take(2)))
        {
            throw new ShapeException(
                $"{nameof(SequenceLoss)} expects a prediction and a target for each step, [batch, steps, …], found {prediction.Shape} and {target.Shape}.");
        }

        return Sequences(Flat(prediction), Flat(target), null, Steps(target));

        static Variable Flat(Variable x) => x.Reshape([x.Shape[0] * x.Shape[1], .. x.Shape.Skip(2)]);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<CountedTerm> TermsOf(Named outputs, Named fields, ExampleSymbols examples)
    {
        // A weight of a whole sequence cancels out within it.
        Variable? whole = Weight is { } name && fields.TryGetValue(name, out Variable? weight) && weight.Shape.Rank == 1 ? weight : null;
        var steps = Compared.Of(nameof(SequenceLoss), (Output, Target, whole is null ? Weight : null), outputs, fields, examples, eachStep: true);
        return
        [
            .. Sequences(steps.Prediction, steps.Target, steps.Counts, Steps(fields[Target]))
                .Select(term => new CountedTerm(term.PerExample, WeightedMean.Both(term.Counts, whole), examples.Weight)),
        ];
    }

    /// <inheritdoc/>
    protected internal override string? TargetFault(ReadOnlySpan<float> target, int outputs) => Inner.TargetFault(target, outputs);

    /// <summary>Something of shape [batch, steps].</summary>
    private static Variable Steps(Variable target) => target.Shape.Rank == 2 ? target : Steps(target.Slice(2, 0, 1).Reshape([.. target.Shape.Take(2), .. target.Shape.Skip(3)]));

    private IReadOnlyList<LossTerm> Sequences(Variable prediction, Variable target, Variable? counts, Variable steps) =>
        [.. Inner.MergedTerms(prediction, target).Select(term => OfSequences(term.PerExample, WeightedMean.Product(term.Counts, counts), steps))];

    /// <summary>The mean over the steps of each sequence.</summary>
    private LossTerm OfSequences(Variable each, Variable? counts, Variable steps)
    {
        Variable loss = WeightedMean.Present(each, counts).ReshapeLike(steps);
        Variable? weights = counts is null ? null : WeightedMean.Scaled(counts, each.DType).ReshapeLike(steps);
        if (Weights is { } own)
        {
            if (steps.Shape[1] != own.Count)
                throw new ShapeException($"{nameof(SequenceLoss)} expects sequences of {own.Count} steps, one for each weight, found {steps.Shape}.");
            weights = WeightedMean.Both(Variable.Of(Value.Of(own.ToArray(), 1, own.Count)).Cast(each.DType), weights)!;
        }

        if (weights is null)
            return new LossTerm(loss.Mean([1]));
        Variable sum = weights.Sum([1]);
        Variable mean = (weights * loss).Sum([1]) / Ops.Where(Ops.Greater(sum, 0.0), sum, 1.0);
        return new LossTerm(mean, counts is null ? null : Ops.Greater(sum, 0.0).Cast(each.DType));
    }
}
