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
    private readonly long[] labels;
    private readonly float[] targets;
    private readonly float[] weights;

    public RowStore(TrainingColumns columns, DataLayout layout, int rows)
    {
        (this.columns, this.layout) = (columns, layout);
        features = new float[rows * columns.Features.NumberCount];
        keys = [.. columns.Features.Keys.Select(_ => new long[rows][])];
        labels = new long[layout.HasLabels ? rows : 0];
        targets = new float[rows * layout.TargetLength];
        weights = new float[layout.HasWeights ? rows : 0];
    }

    public void Set(int at, TrainingRow row)
    {
        row.Features.CopyTo(features, at * row.Features.Length);
        row.Target.CopyTo(targets, at * row.Target.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i][at] = row.Keys[i];
        }

        if (layout.HasLabels)
        {
            labels[at] = row.Class;
        }

        if (layout.HasWeights)
        {
            weights[at] = (float)row.Weight;
        }
    }

    public Dataset ToDataset()
    {
        Dataset set = columns.Features.IsPlain ? Plain() : Named();
        return layout.HasWeights ? set.WithWeights(weights) : set;
    }

    private Dataset Plain() => layout.HasLabels
        ? Dataset.FromLabels(features, [columns.Features.NumberCount], labels, layout.ClassCount)
        : Dataset.FromTargets(features, [columns.Features.NumberCount], targets, [layout.TargetLength]);

    private Dataset Named()
    {
        Column[] numbers = features.Length == 0 ? [] : [Column.Of(FeatureColumns.Numbers, features, columns.Features.NumberCount)];
        IEnumerable<Column> ofKeys = columns.Features.Keys.Zip(keys, (k, rows) =>
            k.IsBag ? Column.Ragged(k.Field, KeyColumn.AxisOf(k.Field), rows) : Column.Of(k.Field, rows.Select(row => row[0]).ToArray()));
        Column target = layout.HasLabels ? Column.Labels(FeatureColumns.Target, labels, layout.ClassCount) : Column.Of(FeatureColumns.Target, targets, layout.TargetLength);
        return Dataset.Of([.. numbers, .. ofKeys, target]);
    }
}
