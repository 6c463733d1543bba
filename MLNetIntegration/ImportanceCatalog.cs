using Microsoft.ML;
using Microsoft.ML.Runtime;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;

namespace Toolkit.MLNetIntegration;

/// <summary>Extends <see cref="MLContext"/> by the importance of columns of any type.</summary>
public static class ImportanceCatalog
{
    /// <summary>
    /// How much a metric changes when the values of a column change places among the rows, so that the column says nothing of its row any more: of each column the mean
    /// change over some such permutations, and its standard error. Unlike ML.NET's own <c>PermutationFeatureImportance</c> it takes any transformer, a whole pipeline too, and columns
    /// of numbers, keys, texts and vectors, each as a whole. Source: Breiman, "Random forests", 2001, section 10; Fisher, Rudin and Dominici 2019.
    /// </summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="model">What scores the rows.</param>
    /// <param name="rows">Rows, as a rule others than those of the training, that come in the same order each time they are read.</param>
    /// <param name="columns">The columns, each by itself; two that say the same may both look unimportant.</param>
    /// <param name="metric">The metric of scored rows, for example <c>scored => ml.Regression.Evaluate(scored, "Price").RSquared</c>.</param>
    /// <param name="permutations">How many permutations of each column, at least 1; 3 by default.</param>
    /// <param name="seed">Draws the permutations; null (the default) for the seed of the context.</param>
    /// <returns>The importances in the order of the columns: metric with the column permuted minus metric as it is, so negative where the column matters and greater is better.</returns>
    /// <exception cref="Scoring.ScoringException">A column is missing, or of a type that is none of ML.NET's own.</exception>
    public static IReadOnlyList<ColumnImportance> PermutationImportance(
        this MLContext context, ITransformer model, IDataView rows, IReadOnlyList<string> columns, Func<IDataView, double> metric, int permutations = 3, ulong? seed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        var source = new RandomSource(seed ?? (ulong)((IHostEnvironment)context).Register(nameof(PermutationImportance)).Rand.NextInt64());
        double whole = metric(model.Transform(rows));
        return [.. columns.Select(name =>
        {
            var shuffled = new ShuffledColumn(rows, name);
            RandomSource random = source.Fork(name);
            double[] changes = new double[permutations];
            for (int i = 0; i < permutations; i++)
            {
                shuffled.Shuffle(random);
                changes[i] = metric(model.Transform(new AddedColumnView(rows, shuffled))) - whole;
            }

            double mean = changes.Average();
            double variance = permutations == 1 ? double.NaN : changes.Sum(change => (change - mean) * (change - mean)) / (permutations - 1);
            return new ColumnImportance(name, mean, Math.Sqrt(variance / permutations));
        })];
    }
}

/// <summary>The importance of a column.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Change">The mean change of the metric when the column is permuted.</param>
/// <param name="StandardError">The standard error of that mean; NaN for one permutation.</param>
public sealed record ColumnImportance(string Column, double Change, double StandardError);
