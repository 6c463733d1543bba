using Microsoft.ML;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Turns rows into what a trainer learns from: a copy in memory where it fits the budget, a stream read anew in each epoch where not.</summary>
internal sealed class RowSource
{
    /// <summary>The rows that a shuffle buffer holds at most, and the bytes that it, or a copy with many zeros, may take in any case.</summary>
    private const int ShuffleBuffer = 8192, LeastBytes = 16 << 20;

    private readonly TrainingColumns columns;
    private readonly TrainingOptions options;
    private readonly TrainingStatistics statistics;
    private readonly float[] means;
    private readonly double[]? classFactors;
    private readonly LabelScale[] scales;

    public RowSource(TrainingColumns columns, TrainingOptions options, TrainingStatistics statistics, float[] means, params LabelScale[] scales)
    {
        (this.columns, this.options, this.statistics, this.means, this.scales) = (columns, options, statistics, means, scales);
        if (options.BalanceClasses && columns.Labels.All(label => label.Classes == 0))
        {
            throw new TrainingException($"Expected classes to balance in {string.Join(", ", columns.Labels.Select(l => $"\"{l.Column.Name}\""))}, found {columns.Labels[0].Column.Type}.");
        }

        // Rows weigh what their one label says; of several labels each has its own weights, in its loss.
        classFactors = options.BalanceClasses && columns.Labels.Count == 1 ? statistics.Labels[0].ClassFactors : null;

        DataLayout layout = LayoutOf(columns);
        Layout = classFactors is null && options.ExampleWeightColumn is null ? layout : layout.WithWeights();
    }

    public DataLayout Layout { get; }

    /// <summary>The rows to learn from and those to validate on: in memory, dense or else without zeros, where they fit the budget; without zeros, too, where most of many numbers are.</summary>
    /// <exception cref="TrainingException">There are no rows to validate on, or a pass has other rows than the one before.</exception>
    public (IDataSource Train, IDataSource? Validation) Open(IDataView data, ulong seed)
    {
        long others = options.Validation is { } view ? Count(view) : 0;
        if (options.Validation is not null && others == 0)
        {
            throw new TrainingException("Expected rows to validate on, found none.");
        }

        // Rows that validate are told from the others by their place, unless they are a view of their own.
        var seen = new EarlierPass(statistics.Checksum) { Ordered = options.Validation is null && options.ValidationFraction > 0 };
        var copied = new EarlierPass(statistics.Checksum);
        var validated = new EarlierPass(others);
        long rows = statistics.Rows + others;
        bool dense = rows * RowBytes <= options.MemoryBudget && !IsMostlyZeros && rows * Math.Max(columns.Features.NumberCount, columns.Labels.Max(l => l.Length)) <= Array.MaxLength;
        if (dense)
        {
            Split split = Split.Of((int)statistics.Rows, options.Validation is null ? options.ValidationFraction : 0, seed);
            (Dataset train, Dataset? held) = Copy(data, split, copied);
            return (train, options.Validation is { } own ? Copy(own, Split.None((int)others), validated).Train : held);
        }

        if (columns.IsPlain && rows * SparseRows.LeastBytes <= options.MemoryBudget && rows <= Array.MaxLength
            && SparseRows.Read(Layout, Examples(data, _ => true, copied), (int)statistics.Rows, options.MemoryBudget) is { } stored)
        {
            if (options.Validation is not { } own)
            {
                Split split = Split.Of((int)statistics.Rows, options.ValidationFraction, seed);
                return (stored.Part(split.Order[..split.Kept]), split.Kept == split.Rows ? null : stored.Part(split.Order[split.Kept..]));
            }

            if (SparseRows.Read(Layout, Examples(own, _ => true, validated), (int)others, options.MemoryBudget - stored.Bytes) is { } rest)
            {
                return (stored, rest);
            }
        }

        if (options.Validation is { } separate)
        {
            return (Stream(data, _ => true, seen), Stream(separate, _ => true, validated));
        }

        // A few rows can all fall on one side; then all are learned from, as with a copy.
        double share = options.ValidationFraction;
        bool both = share > 0 && Any(r => Draw(seed, r) < share) && Any(r => Draw(seed, r) >= share);
        return both ? (Stream(data, r => Draw(seed, r) >= share, seen), Stream(data, r => Draw(seed, r) < share, seen)) : (Stream(data, _ => true, copied), null);
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

    /// <summary>The bytes of a row in memory, of rows with as many keys and numbers of variable length as there are on average.</summary>
    private long RowBytes => ((columns.Features.NumberCount + columns.Labels.Sum(l => l.Classes > 0 ? 2L : l.Length) + (Layout.HasWeights ? 1L : 0L)) * sizeof(float))
        + ((columns.Features.Keys.Count() + columns.Features.Series.Count()) * RowStore.ArrayBytes) + ((statistics.Elements + statistics.Rows - 1) / statistics.Rows * sizeof(long));

    /// <summary>Whether the rows take less than a quarter without their zeros, and dense so much that it matters.</summary>
    private bool IsMostlyZeros => columns.IsPlain && statistics.Rows * RowBytes > LeastBytes
        && 4 * ((statistics.Rows * SparseRows.LeastBytes) + (statistics.NonZeros * SparseRows.NumberBytes)) < statistics.Rows * RowBytes;

    private bool Any(Func<long, bool> condition)
    {
        long row = 0;
        while (row < statistics.Rows && !condition(row))
        {
            row++;
        }

        return row < statistics.Rows;
    }

    private static DataLayout LayoutOf(TrainingColumns columns)
    {
        FeatureColumns features = columns.Features;
        LabelColumn label = columns.Labels[0];
        if (columns.IsPlain)
        {
            return label.Classes > 0 ? DataLayout.Labels([features.NumberCount], label.Classes) : DataLayout.Values([features.NumberCount], [label.Length]);
        }

        var fields = new List<Field>();
        if (features.NumberCount > 0)
        {
            fields.Add(new Field(FeatureColumns.Numbers, DType.Float32, [features.NumberCount]));
        }

        fields.AddRange(features.Keys.Select(k => new Field(k.Field, DType.Int64, k.IsBag ? [KeyColumn.AxisOf(k.Field)] : [])));
        fields.AddRange(features.Series.Select(s => new Field(s.Field, DType.Float32, [s.Axis, 1])));
        fields.AddRange(columns.Labels.Select(l => l.Classes > 0 ? new Field(l.Field, DType.Int64, []) { Classes = l.Classes } : new Field(l.Field, DType.Float32, [l.Length])));
        return new DataLayout([.. fields]);
    }

    /// <summary>Each row straight to its place, so that nothing is in memory twice.</summary>
    private (Dataset Train, Dataset? Validation) Copy(IDataView data, Split split, EarlierPass earlier)
    {
        int[] places = split.Places();
        var train = new RowStore(columns, Layout, split.Kept);
        RowStore? held = split.Kept == split.Rows ? null : new RowStore(columns, Layout, split.Rows - split.Kept);
        int next = 0;
        foreach (TrainingRow row in Passed(data, _ => true, earlier))
        {
            int place = places[next++];
            if (place < split.Kept)
            {
                train.Set(place, row);
            }
            else
            {
                held!.Set(place - split.Kept, row);
            }
        }

        return (train.ToDataset(), held?.ToDataset());
    }

    private StreamSource Stream(IDataView data, Func<long, bool> take, EarlierPass earlier) => new(Layout, () => Examples(data, take, earlier))
    {
        ShuffleBuffer = (int)Math.Clamp(Math.Min(Math.Max(options.MemoryBudget / 2, LeastBytes), 1 << 30) / RowBytes, 1, ShuffleBuffer),
    };

    private IEnumerable<Example> Examples(IDataView data, Func<long, bool> take, EarlierPass earlier) => Passed(data, take, earlier).Select(ToExample);

    /// <summary>A pass over the rows, which fails at its end where it has other rows than an earlier one: features imputed, labels scaled, weights with those of their classes.</summary>
    private IEnumerable<TrainingRow> Passed(IDataView data, Func<long, bool> take, EarlierPass earlier)
    {
        RowChecksum checksum = default;
        long index = -1;
        foreach (TrainingRow row in columns.Rows(data))
        {
            index++;
            options.CancellationToken.ThrowIfCancellationRequested();
            earlier.RequireRoomAfter(index);
            checksum.Add(row);
            if (!take(index))
            {
                continue;
            }

            // Sources take finite numbers only; the network puts the same means in when it scores.
            for (int i = 0; i < row.Features.Length; i++)
            {
                row.Features[i] = float.IsNaN(row.Features[i]) ? means[i] : row.Features[i];
            }

            for (int l = 0; l < scales.Length; l++)
            {
                float[] numbers = row.Labels[l].Numbers;
                for (int i = 0; i < numbers.Length; i++)
                {
                    numbers[i] = (float)((numbers[i] - scales[l].Mean) / scales[l].Deviation);
                }
            }

            row.Weight *= classFactors?[row.Labels[0].Class] ?? 1;
            yield return row;
        }

        earlier.RequireSame(checksum);
    }

    private Example ToExample(TrainingRow row)
    {
        float weight = (float)row.Weight;
        if (columns.IsPlain)
        {
            LabelValue label = row.Labels[0];
            return Layout.HasLabels ? new Example(row.Features, label.Class) { Weight = weight } : new Example(row.Features, label.Numbers) { Weight = weight };
        }

        var fields = new List<(string, Value)>();
        if (row.Features.Length > 0)
        {
            fields.Add((FeatureColumns.Numbers, Value.Of<float>(row.Features, row.Features.Length)));
        }

        fields.AddRange(columns.Features.Keys.Zip(row.Keys, (k, keys) => (k.Field, k.IsBag ? Value.Of<long>(keys, keys.Length) : Value.Of(keys[0]))));
        fields.AddRange(columns.Features.Series.Zip(row.Series, (s, numbers) => (s.Field, Value.Of<float>(numbers, numbers.Length, 1))));
        fields.AddRange(columns.Labels.Zip(row.Labels, (l, value) => (l.Field, l.Classes > 0 ? Value.Of((long)value.Class) : Value.Of<float>(value.Numbers, value.Numbers.Length))));
        if (Layout.HasWeights)
        {
            fields.Add((FeatureColumns.Weight, Value.Of(weight)));
        }

        return new Example([.. fields]);
    }
}
