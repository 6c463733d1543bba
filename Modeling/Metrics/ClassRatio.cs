using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Metrics;

/// <summary>
/// A ratio of three numbers of a class: t of its a examples are recognized, and p are taken for it. The mean over the classes for which p + a is above 0, or of one class, or with
/// <see cref="Micro"/> the ratio of the sums over all classes. Counted over the whole set, so it is no mean over batches.
/// </summary>
/// <remarks>Prediction: logits or probabilities [batch, classes], the class that of the greatest (the first at a tie), or one logit per example, class 1 above 0. Target:
/// int64 [batch]. An example with NaN in its prediction is taken for no class. A ratio with a denominator of 0 is 0 where the class has examples or is guessed, and otherwise left out of
/// the mean; if nothing is left, it is NaN.</remarks>
public abstract record ClassRatio : Metric
{
    /// <summary>The class that is measured; null (the default) for all classes.</summary>
    public int? Class { get; init => field = value is { } number ? Settings.AtLeastZero(number, nameof(Class)) : null; }

    /// <summary>Whether examples of all classes are counted together, so that each example counts the same, rather than each class; false by default. Not looked at where
    /// <see cref="Class"/> says one.</summary>
    public bool Micro { get; init; }

    /// <inheritdoc/>
    public sealed override string Name => Class is { } number ? FormattableString.Invariant($"{Ratio} of class {number}") : Micro ? $"micro {Ratio}" : Ratio;

    /// <summary>What the ratio is called.</summary>
    protected abstract string Ratio { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        (Variable taken, Variable actual, int classes) = Guesses.Of(GetType().Name, prediction, target);
        if (Class >= classes)
            throw new ShapeException($"{GetType().Name} expects a class from 0 to {classes - 1}, found {Class}.");
        return [Sum(taken * actual), Sum(taken), Sum(actual)];

        Variable Sum(Variable own) => Guesses.Counted(own, counts).Sum([0]);
    }

    /// <inheritdoc/>
    public sealed override double Total(IReadOnlyList<double[]> sums)
    {
        if (Class is null && Micro)
            return Of(sums[0].Sum(), sums[1].Sum(), sums[2].Sum());
        double[] ratios = [.. Enumerable.Range(0, sums[0].Length).Where(c => (Class ?? c) == c).Select(c => Of(sums[0][c], sums[1][c], sums[2][c])).Where(ratio => !double.IsNaN(ratio))];
        return ratios.Length == 0 ? double.NaN : ratios.Average();
    }

    /// <summary>The top and the bottom of the ratio.</summary>
    /// <param name="right">t.</param>
    /// <param name="taken">p.</param>
    /// <param name="actual">a.</param>
    protected abstract (double Top, double Bottom) Parts(double right, double taken, double actual);

    private double Of(double right, double taken, double actual)
    {
        if (taken + actual == 0.0)
            return double.NaN;
        (double top, double bottom) = Parts(right, taken, actual);
        return bottom == 0.0 ? 0.0 : top / bottom;
    }
}
