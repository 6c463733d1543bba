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
/// as a real number; below 0 for padding, which has no weight.
/// </remarks>
/// <param name="Inner">The loss of one position.</param>
/// <param name="Positions">The length of a sequence, at least 1.</param>
public sealed record SequenceLoss(Loss Inner, int Positions) : Loss
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
    public override Variable PerExample(Variable prediction, Variable target)
    {
        if (!target.DType.IsFloating())
            throw new DTypeException($"{nameof(SequenceLoss)} expects targets of real numbers (numbers of classes too), found {target.Type}.");
        Variable each = EachPosition(prediction, "a prediction"), y = EachPosition(target, "a target");
        if (prediction.Shape[0] != target.Shape[0])
            throw new ShapeException($"{nameof(SequenceLoss)} expects as many targets as predictions {prediction.Shape}, found {target.Shape}.");
        Variable weights = Variable.Of(Value.Of([.. Weights ?? Enumerable.Repeat(1.0, Positions)], 1, Positions)).Cast(prediction.DType);
        Variable loss;
        if (Labels)
        {
            if (y.Shape[1] != 1)
                throw new ShapeException($"{nameof(SequenceLoss)} expects one class for each of {Positions} positions, found the target {target.Shape}.");
            Variable label = y.Reshape([y.Shape[0]]);
            loss = Inner.PerExample(each, Ops.Max(label, 0.0).Cast(DType.Int64));
            weights *= Ops.GreaterOrEqual(label, Variable.Scalar(0.0, label.DType)).Cast(prediction.DType).Reshape([prediction.Shape[0], Positions]);
        }
        else
        {
            loss = Inner.PerExample(each, y);
        }

        Variable total = weights.Sum([1]);
        return (weights * loss.Reshape([prediction.Shape[0], Positions])).Sum([1]) / Ops.Where(Ops.Greater(total, 0.0), total, 1.0);
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
