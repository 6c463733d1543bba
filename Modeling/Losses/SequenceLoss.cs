using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// A loss at each position of a sequence, Σₜ wₜ·Jₜ/Σₜ wₜ: a weighted mean over positions, which padding at the end (or anywhere) does not count for. Source: book
/// section 6.2.1 for conditionally independent outputs; 10.2.2, equation 10.14, sums over positions.
/// </summary>
/// <remarks>
/// Prediction: [batch, positions·outputs], position by position, or [batch, positions, outputs], as a dense layer on [batch, positions, features] gives. Target: real
/// numbers [batch, positions·targets] (or with an axis of positions). With <see cref="Labels"/> there is one target for each position, the number of a class
/// as a whole real number; below 0 for padding, which has no weight. A sequence of nothing but padding is not there. The loss of a sequence with another number is NaN.
/// </remarks>
/// <param name="Inner">The loss of one position.</param>
/// <param name="Positions">The length of a sequence, at least 1.</param>
public sealed record SequenceLoss(Loss Inner, int Positions) : ComposedLoss
{
    /// <summary>The length of a sequence, at least 1.</summary>
    public int Positions { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Positions);

    /// <summary>Whether targets are numbers of classes; false by default.</summary>
    public bool Labels { get; init; }

    /// <summary>The weight of each position, at least 0 and not all 0; null (the default) for equal weights.</summary>
    public IReadOnlyList<double>? Weights
    {
        get;
        init
        {
            foreach (double weight in value ?? [])
                Settings.NotNegative(weight);
            field = value is not null && (value.Count != Positions || value.Sum() == 0.0)
                ? throw new ArgumentException($"Expected {Positions} weights that are not all 0, found {value.Count} with the sum {value.Sum()}.", nameof(value))
                : value;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target)
    {
        if (!target.DType.IsFloating())
            throw new DTypeException($"{nameof(SequenceLoss)} expects targets of real numbers (numbers of classes too), found {target.Type}.");
        Variable each = EachPosition(prediction, "a prediction"), y = EachPosition(target, "a target");
        if (prediction.Shape[0] != target.Shape[0])
            throw new ShapeException($"{nameof(SequenceLoss)} expects as many targets as predictions {prediction.Shape}, found {target.Shape}.");
        if (!Labels)
            return [.. Inner.Terms(each, y).Select(term => Mean(term, null, prediction))];
        if (y.Shape[1] != 1)
            throw new ShapeException($"{nameof(SequenceLoss)} expects one class for each of {Positions} positions, found the target {target.Shape}.");
        Variable label = y.Reshape([y.Shape[0]]);
        Variable padding = Ops.Less(label, 0.0);
        IReadOnlyList<LossTerm> terms = LabelTerms.Of(Inner, each, Ops.Where(padding, 0.0, label), each.Shape[1].Size);
        return [.. terms.Select(term => Mean(term, 1.0 - padding.Cast(prediction.DType), prediction))];
    }

    /// <inheritdoc/>
    protected internal override string? TargetFault(ReadOnlySpan<float> target, int outputs)
    {
        int numbers = target.Length / Positions;
        for (int t = 0; t < Positions; t++)
        {
            ReadOnlySpan<float> own = target.Slice(t * numbers, numbers);
            string? fault = !Labels ? Inner.TargetFault(own, outputs / Positions) : own[0] < 0f ? null : LabelTerms.Fault(Inner, own[0], outputs / Positions);
            if (fault is not null)
                return $"{fault} at position {t} (counted from 0)";
        }

        return null;
    }

    /// <summary>The mean over the positions of each sequence. A sequence without any position that counts is not there.</summary>
    private LossTerm Mean(LossTerm term, Variable? there, Variable prediction)
    {
        Shape shape = [prediction.Shape[0], Positions];
        Variable? counts = WeightedMean.Product(term.Counts, there);
        Variable weights = Variable.Of(Value.Of([.. Weights ?? Enumerable.Repeat(1.0, Positions)], 1, Positions)).Cast(prediction.DType);
        Variable loss = WeightedMean.Present(term.PerExample, counts).Reshape(shape);
        if (counts is not null)
            weights *= counts.Reshape(shape);
        Variable sum = weights.Sum([1]);
        return new LossTerm(
            (weights * loss).Sum([1]) / Ops.Where(Ops.Greater(sum, 0.0), sum, 1.0), counts is null ? null : Ops.Greater(sum, 0.0).Cast(prediction.DType));
    }

    /// <summary>[batch·positions, numbers].</summary>
    private Variable EachPosition(Variable x, string what)
    {
        Shape shape = x.Shape;
        int numbers = shape.Rank < 2 ? 0 : Shape.Of([.. shape.Skip(1)]).ElementCount.Size;
        if (numbers == 0 || numbers % Positions != 0 || (shape.Rank > 2 && shape[1] != Positions))
            throw new ShapeException($"{nameof(SequenceLoss)} expects {what} [batch, {Positions}·n] or [batch, {Positions}, n], found {shape}.");
        return x.Reshape([shape[0] * Positions, numbers / Positions]);
    }
}
