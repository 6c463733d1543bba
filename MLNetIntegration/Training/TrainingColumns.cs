using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>The columns of a data view that a network learns from, and a pass over its rows.</summary>
internal sealed class TrainingColumns
{
    private readonly DataViewSchema schema;
    private readonly DataViewSchema.Column? weight;
    private readonly bool imputes;

    public TrainingColumns(MLContext context, IDataView rows, TrainingOptions options, params IReadOnlyList<LearnedTask> tasks)
    {
        schema = rows.Schema;
        imputes = options.MissingFeatures == MissingFeatures.Impute;
        Features = new FeatureColumns(context, rows, options, tasks.SelectMany(task => task.OutputNames));
        Labels = [.. tasks.Select(task => LabelColumn.Of(schema, task.Label, task.Head) with { Field = tasks.Count == 1 ? FeatureColumns.Target : Features.FieldFor(task.Label) })];
        if (options.ExampleWeightColumn is not { } name)
        {
            return;
        }

        weight = schema.GetColumnOrNull(name) is { Type: NumberDataViewType { RawType: var raw } } column && raw == typeof(float) ? column : throw new TrainingException(
            $"Expected a weight column \"{name}\" of Single, found {schema.GetColumnOrNull(name)?.Type.ToString() ?? string.Join(", ", schema.Select(c => $"\"{c.Name}\""))}.");
    }

    /// <summary>The columns of features.</summary>
    public FeatureColumns Features { get; }

    /// <summary>The columns of labels.</summary>
    public IReadOnlyList<LabelColumn> Labels { get; }

    /// <summary>Whether examples are a vector of features with a label.</summary>
    public bool IsPlain => Features.IsPlain && Labels.Count == 1;

    /// <summary>Checks that other rows have the same columns, classes included.</summary>
    /// <exception cref="TrainingException">A column is missing or of another type, or the classes have other names.</exception>
    public void RequireIn(DataViewSchema other)
    {
        foreach (DataViewSchema.Column column in Features.All.Select(f => f.Name).Concat(Others()).Select(name => schema[name]))
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
        IDataView prepared = Features.Prepared(data);
        using DataViewRowCursor cursor = prepared.GetRowCursor(Features.All.Select(f => f.Read).Concat(Others()).Distinct().Select(name => prepared.Schema[name]));
        (NumberColumn Column, NumberColumn.Reader Read)[] numbers = [.. Features.OfNumbers.Select(n => (n, n.Open(cursor)))];
        Func<long[]>[] keys = [.. Features.Keys.Select(k => k.Open(cursor))];
        (SeriesColumn Column, Func<float[]> Read)[] series = [.. Features.Series.Select(s => (s, s.Open(cursor)))];
        (LabelColumn Column, Func<LabelValue, bool> Read)[] labels = [.. Labels.Select(l => (l, l.Open(cursor)))];
        ValueGetter<float>? readWeight = weight is { } w ? cursor.GetGetter<float>(cursor.Schema[w.Name]) : null;
        var row = new TrainingRow(Features.NumberCount, keys.Length, series.Length, [.. Labels.Select(l => l.Length)]);
        while (cursor.MoveNext())
        {
            int at = 0;
            foreach ((NumberColumn column, NumberColumn.Reader read) in numbers)
            {
                Span<float> part = row.Features.AsSpan(at, column.Length);
                read(part);
                Check(part, column.Name, cursor.Position);
                at += column.Length;
            }

            for (int i = 0; i < keys.Length; i++)
            {
                row.Keys[i] = keys[i]();
            }

            for (int i = 0; i < series.Length; i++)
            {
                row.Series[i] = series[i].Read();
                if (SeriesColumn.FirstNotFinite(row.Series[i]) is { } found)
                {
                    throw new TrainingException(
                        $"Expected numbers that are finite in single precision in row {cursor.Position} of \"{series[i].Column.Name}\", found {found}; numbers of vectors of variable length are not imputed: replace them before.");
                }
            }

            for (int i = 0; i < labels.Length; i++)
            {
                if (!labels[i].Read(row.Labels[i]))
                {
                    LabelColumn label = labels[i].Column;
                    throw new TrainingException($"Expected a label in row {cursor.Position} of \"{label.Column.Name}\", found {label.Missing}; filter such rows before.");
                }
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

    /// <summary>The columns of labels and weight.</summary>
    private IEnumerable<string> Others() => [.. Labels.Select(l => l.Column.Name), .. weight is { } own ? [own.Name] : Array.Empty<string>()];

    private static string Classes(DataViewSchema.Column column) =>
        ClassLabels.Of(column) is { } classes ? $" with the classes {string.Join(", ", classes.Names)}" : string.Empty;

    private void Check(ReadOnlySpan<float> values, string column, long row)
    {
        foreach (float value in values)
        {
            if (float.IsInfinity(value) || (float.IsNaN(value) && !imputes))
            {
                throw new TrainingException(
                    $"Expected numbers that are finite in single precision in row {row} of \"{column}\", found {value}; set {nameof(TrainingOptions.MissingFeatures)} to impute missing "
                    + "values, or replace them before.");
            }
        }
    }
}
