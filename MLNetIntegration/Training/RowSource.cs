using Microsoft.ML;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Turns rows into what a trainer learns from: a copy in memory where it fits the budget, a stream read anew in each epoch where not.</summary>
internal sealed class RowSource
{
    /// <summary>The rows that a shuffle buffer holds at most, and the bytes that it may take however small the budget is.</summary>
    private const int ShuffleBuffer = 8192, LeastBytes = 16 << 20;

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

        var layout = label.Classes > 0 ? DataLayout.Labels([columns.FeatureCount], label.Classes) : DataLayout.Values([columns.FeatureCount], [label.Length]);
        Layout = classFactors is null && options.ExampleWeightColumn is null ? layout : layout.WithWeights();
    }

    public DataLayout Layout { get; }

    /// <summary>The rows to learn from and those to validate on: in memory, dense or else without zeros, where they fit the budget.</summary>
    /// <exception cref="TrainingException">There are no rows to validate on, or a pass has other rows than the one before.</exception>
    public (IDataSource Train, IDataSource? Validation) Open(IDataView data, ulong seed)
    {
        long others = options.Validation is { } view ? Count(view) : 0;
        if (options.Validation is not null && others == 0)
        {
            throw new TrainingException("Expected rows to validate on, found none.");
        }

        long rows = statistics.Rows + others;
        bool dense = rows * RowBytes <= options.MemoryBudget && rows * Math.Max(columns.FeatureCount, Layout.TargetLength) <= Array.MaxLength;
        if (dense)
        {
            Split split = Split.Of((int)statistics.Rows, options.Validation is null ? options.ValidationFraction : 0, seed);
            (Dataset train, Dataset? held) = Copy(data, split);
            return (train, options.Validation is { } own ? Copy(own, Split.None((int)others)).Train : held);
        }

        if (rows * SparseRows.LeastBytes <= options.MemoryBudget && rows <= Array.MaxLength
            && SparseRows.Read(Layout, Examples(data, _ => true), (int)statistics.Rows, options.MemoryBudget) is { } stored)
        {
            if (options.Validation is not { } own)
            {
                Split split = Split.Of((int)statistics.Rows, options.ValidationFraction, seed);
                return (stored.Part(split.Order[..split.Kept]), split.Kept == split.Rows ? null : stored.Part(split.Order[split.Kept..]));
            }

            if (SparseRows.Read(Layout, Examples(own, _ => true), (int)others, options.MemoryBudget - stored.Bytes) is { } rest)
            {
                return (stored, rest);
            }
        }

        if (options.Validation is { } separate)
        {
            return (Stream(data, _ => true), Stream(separate, _ => true));
        }

        // A few rows can all fall on one side; then all are learned from, as with a copy.
        double share = options.ValidationFraction;
        bool both = share > 0 && Any(r => Draw(seed, r) < share) && Any(r => Draw(seed, r) >= share);
        return both ? (Stream(data, r => Draw(seed, r) >= share), Stream(data, r => Draw(seed, r) < share)) : (Stream(data, _ => true), null);
    }

    private static double Draw(ulong seed, long row) => new RandomSource(seed).Fork("validation").Fork(row).NextDouble();

    private static long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known)
        {
            return known;
        }

        long rows = 0;
        using DataViewRowCursor cursor = data.GetRowCursor([]);
        while (cursor.MoveNext())
        {
            rows++;
        }

        return rows;
    }

    /// <summary>The bytes of a row in memory.</summary>
    private long RowBytes => (columns.FeatureCount + (Layout.HasLabels ? 2L : Layout.TargetLength) + (Layout.HasWeights ? 1L : 0L)) * sizeof(float);

    private bool Any(Func<long, bool> condition)
    {
        long row = 0;
        while (row < statistics.Rows && !condition(row))
        {
            row++;
        }

        return row < statistics.Rows;
    }

    /// <summary>Each row straight to its place, so that nothing is in memory twice.</summary>
    private (Dataset Train, Dataset? Validation) Copy(IDataView data, Split split)
    {
        int[] places = split.Places();
        (float[] Features, long[] Labels, float[] Targets, float[] Weights)[] parts = [.. new[] { split.Kept, split.Rows - split.Kept }.Select(rows => (
            new float[rows * columns.FeatureCount], new long[Layout.HasLabels ? rows : 0], new float[rows * Layout.TargetLength],
            new float[Layout.HasWeights ? rows : 0]))];
        int row = 0;
        foreach (Example example in Examples(data, _ => true))
        {
            int place = row < places.Length ? places[row] : throw OtherRows(split.Rows, "more");
            row++;
            (float[] features, long[] labels, float[] targets, float[] weights) = parts[place < split.Kept ? 0 : 1];
            int at = place < split.Kept ? place : place - split.Kept;
            example.Features.Span.CopyTo(features.AsSpan(at * columns.FeatureCount));
            example.Target.Span.CopyTo(targets.AsSpan(at * Layout.TargetLength));
            if (Layout.HasLabels)
            {
                labels[at] = example.Label;
            }

            if (Layout.HasWeights)
            {
                weights[at] = example.Weight;
            }
        }

        return row < split.Rows ? throw OtherRows(split.Rows, $"{row}") : (Set(parts[0]), split.Kept == split.Rows ? null : Set(parts[1]));
    }

    private Dataset Set((float[] Features, long[] Labels, float[] Targets, float[] Weights) part)
    {
        Dataset set = Layout.HasLabels
            ? Dataset.FromLabels(part.Features, [columns.FeatureCount], part.Labels, Layout.ClassCount)
            : Dataset.FromTargets(part.Features, [columns.FeatureCount], part.Targets, [Layout.TargetLength]);
        return Layout.HasWeights ? set.WithWeights(part.Weights) : set;
    }

    private static TrainingException OtherRows(int expected, string found) =>
        new($"Expected {expected} rows as in the pass before, found {found}: the data view must have the same rows each time it is read.");

    private StreamSource Stream(IDataView data, Func<long, bool> take) => new(Layout, () => Examples(data, take))
    {
        ShuffleBuffer = (int)Math.Clamp(Math.Min(Math.Max(options.MemoryBudget / 2, LeastBytes), 1 << 30) / RowBytes, 1, ShuffleBuffer),
    };

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

            for (int i = 0; i < target.Length; i++)
            {
                target[i] = (float)((row.Target[i] - scale.Mean) / scale.Deviation);
            }

            float weight = (float)(row.Weight * (classFactors?[row.Class] ?? 1));
            yield return Layout.HasLabels ? new Example(row.Features, row.Class) { Weight = weight } : new Example(row.Features, target) { Weight = weight };
        }
    }
}
