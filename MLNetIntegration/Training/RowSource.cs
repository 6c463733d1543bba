using Microsoft.ML;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Turns rows into what a trainer learns from: a copy in memory where it fits the budget, a stream read anew in each epoch where not.</summary>
internal sealed class RowSource
{
    private const int ShuffleBuffer = 8192;

    private readonly TrainingColumns columns;
    private readonly TrainingOptions options;
    private readonly TrainingStatistics statistics;
    private readonly float[] means;
    private readonly double[]? classFactors;
    private readonly LabelScale scale;

    public RowSource(TrainingColumns columns, TrainingOptions options, TrainingStatistics statistics, float[] means, LabelScale scale)
    {
        (this.columns, this.options, this.statistics, this.means, this.scale) = (columns, options, statistics, means, scale);
        LabelColumn label = columns.Label;
        if (options.BalanceClasses)
        {
            if (label.Classes == 0)
            {
                throw new TrainingException($"Expected classes to balance in \"{label.Column.Name}\", found {label.Column.Type}.");
            }

            int present = statistics.ClassWeights.Count(w => w > 0);
            classFactors = [.. statistics.ClassWeights.Select(w => w > 0 ? statistics.Weights / (present * w) : 0)];
        }

        IsWeighted = classFactors is not null || options.ExampleWeightColumn is not null;
        Layout = IsWeighted ? DataLayout.Values([columns.FeatureCount], [Math.Max(label.Length, 1) + 1])
            : label.Classes > 0 ? DataLayout.Labels([columns.FeatureCount], label.Classes)
            : DataLayout.Values([columns.FeatureCount], [label.Length]);
    }

    public DataLayout Layout { get; }

    /// <summary>Whether the last column of targets is a weight: see <see cref="RowWeighted"/>.</summary>
    public bool IsWeighted { get; }

    /// <summary>The loss for these rows.</summary>
    public Loss Loss(Loss inner) => IsWeighted ? new RowWeighted(inner, columns.Label.Length) : inner;

    /// <summary>The rows to learn from and those to validate on.</summary>
    public (IDataSource Train, IDataSource? Validation) Open(IDataView data, ulong seed)
    {
        double share = options.Validation is null ? options.ValidationFraction : 0;
        long bytes = statistics.Rows * (columns.FeatureCount + (Layout.HasLabels ? 2L : Layout.TargetLength)) * sizeof(float);
        if (bytes > options.MemoryBudget)
        {
            IDataSource? rest = options.Validation is { } own ? Stream(own, _ => true) : share > 0 ? Stream(data, r => Draw(seed, r) < share) : null;
            return (Stream(data, r => Draw(seed, r) >= share), rest);
        }

        Dataset all = Copy(data);
        if (options.Validation is { } view)
        {
            return (all, Copy(view));
        }

        int kept = (int)Math.Round(all.Count * (1 - share));
        return share == 0 || kept == all.Count || kept == 0 ? (all, null) : all.Split(1 - share, new RandomSource(seed).Fork("validation"));
    }

    private static double Draw(ulong seed, long row) => new RandomSource(seed).Fork("validation").Fork(row).NextDouble();

    private Dataset Copy(IDataView data)
    {
        var features = new List<float>();
        var labels = new List<long>();
        var targets = new List<float>();
        int rows = 0;
        foreach (Example example in Examples(data, _ => true))
        {
            features.AddRange(example.Features.Span);
            if (Layout.HasLabels)
            {
                labels.Add(example.Label);
            }

            targets.AddRange(example.Target.Span);
            rows++;
        }

        return rows == 0 ? throw new TrainingException("Expected rows to validate on, found none.")
            : Layout.HasLabels ? Dataset.FromLabels([.. features], [columns.FeatureCount], [.. labels], Layout.ClassCount)
            : Dataset.FromTargets([.. features], [columns.FeatureCount], [.. targets], [Layout.TargetLength]);
    }

    private StreamSource Stream(IDataView data, Func<long, bool> take) => new(Layout, () => Examples(data, take)) { ShuffleBuffer = ShuffleBuffer };

    private IEnumerable<Example> Examples(IDataView data, Func<long, bool> take)
    {
        var target = new float[Layout.HasLabels ? 0 : Layout.TargetLength];
        long index = -1;
        foreach (TrainingRow row in columns.Rows(data))
        {
            index++;
            options.CancellationToken.ThrowIfCancellationRequested();
            if (!take(index))
            {
                continue;
            }

            // Sources take finite numbers only; the network puts the same means in when it scores.
            for (int i = 0; i < row.Features.Length; i++)
            {
                row.Features[i] = float.IsNaN(row.Features[i]) ? means[i] : row.Features[i];
            }

            if (Layout.HasLabels)
            {
                yield return new Example(row.Features, row.Class);
                continue;
            }

            Fill(target, row);
            yield return new Example(row.Features, target);
        }
    }

    private void Fill(float[] target, TrainingRow row)
    {
        target[0] = row.Class;
        for (int i = 0; i < row.Target.Length; i++)
        {
            target[i] = (float)((row.Target[i] - scale.Mean) / scale.Deviation);
        }

        if (IsWeighted)
        {
            // Weights of mean 1 keep the learning rate what it is without them.
            target[^1] = (float)(row.Weight * (statistics.Rows / statistics.Weights) * (classFactors?[row.Class] ?? 1));
        }
    }
}
