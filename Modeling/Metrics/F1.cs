using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Metrics;

/// <summary>
/// 2·t/(p + a) for a class, the harmonic mean of precision and recall: t of its a examples are recognized, and p are taken for it. The mean over the classes for which p + a
/// is above 0, or of one class. Counted over the whole set, so it is no mean over batches. Source: van Rijsbergen, "Information retrieval", 1979; precision and recall in book
/// section 11.1.
/// </summary>
/// <remarks>Prediction: logits or probabilities [batch, classes], the class that of the greatest (the first at a tie), or one logit per example, class 1 above 0. Target:
/// int64 [batch]. An example with NaN in its prediction is taken for no class.</remarks>
public sealed record F1 : Metric
{
    /// <summary>The class that is measured; null (the default) for the mean over all classes.</summary>
    public int? Class { get; init => field = value is { } number ? Settings.AtLeastZero(number, nameof(Class)) : null; }

    /// <inheritdoc/>
    public override string Name => Class is { } number ? FormattableString.Invariant($"f1 of class {number}") : "f1";

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        (Variable guess, int classes) = Guess(prediction, target);
        if (Class >= classes)
            throw new ShapeException($"{nameof(F1)} expects a class from 0 to {classes - 1}, found {Class}.");
        // An example that is taken for no class has the number after the last, whose column is cut off.
        Variable taken = Each(guess), actual = Each(Ops.Where(Targets.Between(target, 0, classes - 1), target, Variable.Scalar(classes, DType.Int64)));
        return [Sum(taken * actual), Sum(taken), Sum(actual)];

        Variable Each(Variable labels) => Ops.OneHot(labels, classes + 1, DType.Float64).Slice(1, 0, classes);

        Variable Sum(Variable own) => (counts is null ? own : own * counts.Cast(DType.Float64).Reshape([counts.Shape[0], 1])).Sum([0]);
    }

    /// <inheritdoc/>
    public override double Total(IReadOnlyList<double[]> sums)
    {
        double sum = 0.0;
        int classes = 0;
        for (int c = 0; c < sums[0].Length; c++)
        {
            double all = sums[1][c] + sums[2][c];
            if (all == 0.0 || (Class is { } only && only != c))
                continue;
            sum += 2.0 * sums[0][c] / all;
            classes++;
        }

        return sum / classes;
    }

    private static (Variable Guess, int Classes) Guess(Variable prediction, Variable target)
    {
        if (prediction.Shape.Rank == 1 || (prediction.Shape.Rank == 2 && prediction.Shape[1] == 1))
        {
            Variable logit = prediction.Shape.Rank == 1 ? prediction : prediction.Reshape([prediction.Shape[0]]);
            Variable one = Ops.Greater(logit, 0.0).Cast(DType.Int64);
            return (Ops.Where(Ops.Equal(logit, logit), one, Variable.Scalar(2, DType.Int64)), 2);
        }

        int classes = Targets.Classes(nameof(F1), prediction, target);
        return (Ops.Where(Targets.WithoutNaN(prediction), prediction.ArgMax(1), Variable.Scalar(classes, DType.Int64)), classes);
    }
}
