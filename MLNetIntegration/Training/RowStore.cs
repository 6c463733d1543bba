using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Rows in memory, filled in any order.</summary>
internal sealed class RowStore
{
    /// <summary>The bytes of an array beside its elements, and of what refers to it.</summary>
    public const int ArrayBytes = 32;

    private readonly TrainingColumns columns;
    private readonly DataLayout layout;
    private readonly float[] features;
    private readonly long[][][] keys;
    private readonly float[][][] series;
    private readonly (long[] Classes, float[] Numbers)[] labels;
    private readonly float[] weights;

    public RowStore(TrainingColumns columns, DataLayout layout, int rows)
    {
        (this.columns, this.layout) = (columns, layout);
        features = new float[rows * columns.Features.NumberCount];
        keys = [.. columns.Features.Keys.Select(_ => new long[rows][])];
        series = [.. columns.Features.Series.Select(_ => new float[rows][])];
        labels = [.. columns.Labels.Select(l => (new long[l.Classes > 0 ? rows : 0], new float[rows * l.Length]))];
        weights = new float[layout.HasWeights ? rows : 0];
    }

    public void Set(int at, TrainingRow row)
    {
        row.Features.CopyTo(features, at * row.Features.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i][at] = row.Keys[i];
        }

        for (int i = 0; i < series.Length; i++)
        {
            series[i][at] = row.Series[i];
        }

        for (int i = 0; i < labels.Length; i++)
        {
            LabelValue value = row.Labels[i];
            value.Numbers.CopyTo(labels[i].Numbers, at * value.Numbers.Length);
            if (labels[i].Classes.Length > 0)
            {
                labels[i].Classes[at] = value.Class;
            }
        }

        if (layout.HasWeights)
        {
            weights[at] = (float)row.Weight;
        }
    }

    public Dataset ToDataset()
    {
        Dataset set = columns.IsPlain ? Plain() : Named();
        return layout.HasWeights ? set.WithWeights(weights) : set;
    }

    private Dataset Plain() => layout.HasLabels
        ? Dataset.FromLabels(features, [columns.Features.NumberCount], labels[0].Classes, layout.ClassCount)
        : Dataset.FromTargets(features, [columns.Features.NumberCount], labels[0].Numbers, [layout.TargetLength]);

    private Dataset Named()
    {
        Column[] numbers = features.Length == 0 ? [] : [Column.Of(FeatureColumns.Numbers, features, columns.Features.NumberCount)];
        IEnumerable<Column> ofKeys = columns.Features.Keys.Zip(keys, (k, rows) =>
            k.IsBag ? Column.Ragged(k.Field, KeyColumn.AxisOf(k.Field), rows) : Column.Of(k.Field, rows.Select(row => row[0]).ToArray()));
        IEnumerable<Column> ofSeries = columns.Features.Series.Zip(series, (s, rows) => Column.Ragged(s.Field, s.Axis, rows, 1));
        IEnumerable<Column> ofLabels = columns.Labels.Zip(labels, (l, values) =>
            l.Classes > 0 ? Column.Labels(l.Field, values.Classes, l.Classes) : Column.Of(l.Field, values.Numbers, l.Length));
        return Dataset.Of([.. numbers, .. ofKeys, .. ofSeries, .. ofLabels]);
    }
}
