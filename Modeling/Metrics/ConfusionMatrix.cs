using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Metrics;

/// <summary>
/// How often examples of each class are taken for each class. Its number is Cohen's κ = (o − e)/(1 − e): o is the share of right answers, and e what it would be if answers had nothing to
/// do with classes (0 if e is 1); the counts themselves are <see cref="Counts"/> of what an evaluation has observed. Source: Cohen, "A coefficient of agreement for nominal scales", 1960.
/// </summary>
/// <remarks>Prediction: logits or probabilities [batch, classes], the class that of the greatest (the first at a tie), or one logit per example, class 1 above 0. Target:
/// int64 [batch]. An example with NaN in its prediction, or whose target is no class, is not counted.</remarks>
public sealed record ConfusionMatrix : Metric
{
    /// <inheritdoc/>
    public override string Name => "confusion matrix";

    /// <summary>The counts: the examples of class i that are taken for class j, in row i and column j. Examples of weight w count w times.</summary>
    /// <param name="observed">What the metric has observed, <c>evaluation.Observed["confusion matrix"]</c>.</param>
    public static double[][] Counts(IReadOnlyList<double[]> observed) => [.. observed[0].Chunk((int)Math.Sqrt(observed[0].Length))];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        (Variable taken, Variable actual, _) = Guesses.Of(nameof(ConfusionMatrix), prediction, target);
        return [Guesses.Counted(actual, counts).Transpose().MatMul(taken)];
    }

    /// <inheritdoc/>
    public override double Total(IReadOnlyList<double[]> sums)
    {
        double[][] counts = Counts(sums);
        double all = 0.0, right = 0.0, chance = 0.0;
        for (int c = 0; c < counts.Length; c++)
        {
            right += counts[c][c];
            all += counts[c].Sum();
            chance += counts[c].Sum() * counts.Sum(row => row[c]);
        }

        return all == 0.0 ? double.NaN : chance == all * all ? 0.0 : ((right * all) - chance) / ((all * all) - chance);
    }
}
