using Microsoft.ML;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>The columns of a data view that a network learns from, and a pass over its rows.</summary>
internal sealed class TrainingColumns
{
    private readonly FeatureColumn[] features;
    private readonly DataViewSchema.Column? weight;
    private readonly bool imputes;

    public TrainingColumns(DataViewSchema schema, TrainingOptions options, NetworkHead head)
    {
        if (options.FeatureColumns.Count == 0)
        {
            throw new TrainingException("Expected at least one feature column, found none.");
        }

        imputes = options.MissingFeatures == MissingFeatures.Impute;
        features = [.. options.FeatureColumns.Select(name => FeatureColumn.Of(schema, name))];
        FeatureCount = features.Sum(f => f.Length);
        Label = LabelColumn.Of(schema, options.LabelColumn, head);
        if (options.ExampleWeightColumn is not { } name)
        {
            return;
        }

        weight = schema.GetColumnOrNull(name) is { } column && LabelColumn.IsNumber(column.Type) ? column : throw new TrainingException(
            $"Expected a weight column \"{name}\" of Single, found {schema.GetColumnOrNull(name)?.Type.ToString() ?? string.Join(", ", schema.Select(c => $"\"{c.Name}\""))}.");
    }

    /// <summary>The number of features of all feature columns.</summary>
    public int FeatureCount { get; }

    /// <summary>The column of labels.</summary>
    public LabelColumn Label { get; }

    /// <summary>Checks that other rows have the same columns, classes included.</summary>
    /// <exception cref="TrainingException">A column is missing or of another type, or the classes have other names.</exception>
    public void RequireIn(DataViewSchema other)
    {
        foreach (DataViewSchema.Column column in Wanted())
        {
            if (other.GetColumnOrNull(column.Name) is not { } found)
            {
                throw new TrainingException(
                    $"Expected a column \"{column.Name}\" in the validation rows, too, found {string.Join(", ", other.Select(c => $"\"{c.Name}\""))}.");
            }

            (string ours, string theirs) = ($"{column.Type}{Classes(column)}", $"{found.Type}{Classes(found)}");
            if (ours != theirs)
            {
                throw new TrainingException(
                    $"Expected \"{column.Name}\" of the validation rows to be {ours} as in the training rows, found {theirs}; transform both with what was fitted to "
                    + "the training rows.");
            }
        }
    }

    /// <summary>One pass over the rows. The row that is handed out is overwritten by the next.</summary>
    /// <exception cref="TrainingException">A label is missing, or a number is not finite.</exception>
    public IEnumerable<TrainingRow> Rows(IDataView data)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(Wanted().Select(c => data.Schema[c.Name]));
        FeatureColumn.Reader[] readers = [.. features.Select(f => f.Open(cursor))];
        Func<TrainingRow, bool> readLabel = Label.Open(cursor);
        ValueGetter<float>? readWeight = weight is { } w ? cursor.GetGetter<float>(cursor.Schema[w.Name]) : null;
        var row = new TrainingRow(FeatureCount, Label.Length);
        while (cursor.MoveNext())
        {
            int at = 0;
            for (int i = 0; i < readers.Length; i++)
            {
                Span<float> part = row.Features.AsSpan(at, features[i].Length);
                readers[i](part);
                Check(part, features[i].Column.Name, cursor.Position);
                at += features[i].Length;
            }

            if (!readLabel(row))
            {
                throw new TrainingException(
                    $"Expected a label in row {cursor.Position} of \"{Label.Column.Name}\", found {Label.Missing}; filter such rows before.");
            }

            float importance = 1;
            readWeight?.Invoke(ref importance);
            if (!(importance >= 0 && float.IsFinite(importance)))
            {
                throw new TrainingException($"Expected a weight of at least 0 in row {cursor.Position} of \"{weight!.Value.Name}\", found {importance}.");
            }

            row.Weight = importance;
            yield return row;
        }
    }

    private IEnumerable<DataViewSchema.Column> Wanted()
    {
        IEnumerable<DataViewSchema.Column> wanted = features.Select(f => f.Column).Append(Label.Column);
        return weight is { } own ? wanted.Append(own) : wanted;
    }

    private static string Classes(DataViewSchema.Column column) =>
        ClassLabels.Of(column) is { } classes ? $" with the classes {string.Join(", ", classes.Names)}" : string.Empty;

    private void Check(ReadOnlySpan<float> values, string column, long row)
    {
        foreach (float value in values)
        {
            if (float.IsInfinity(value) || (float.IsNaN(value) && !imputes))
            {
                throw new TrainingException(
                    $"Expected finite numbers in row {row} of \"{column}\", found {value}; set {nameof(TrainingOptions.MissingFeatures)} to impute missing "
                    + "values, or replace them before.");
            }
        }
    }
}
