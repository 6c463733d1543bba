using Toolkit.Modeling.Data;

namespace Toolkit.Tool.Data;

/// <summary>The rows of a table as numbers: a key from 1 for the text of a category, 0 where it is missing or was never seen, NaN for a number that is missing.</summary>
/// <param name="Columns">For each column of the model a number for each row.</param>
/// <param name="Labels">The label of each row, the class counted from 0 or the number; null where they were not asked for.</param>
internal sealed record EncodedRows(IReadOnlyList<float[]> Columns, float[]? Labels)
{
    /// <summary>For each column of the model the text of each row, where a model may read it; null for numbers.</summary>
    public IReadOnlyList<string[]?> Texts { get; init; } = [];

    public int Count => Columns[0].Length;

    /// <summary>Encodes the rows of a table as a model reads them.</summary>
    /// <param name="table">The table; it may have more columns.</param>
    /// <param name="data">What the model reads.</param>
    /// <param name="hasLabels">Whether the label is needed.</param>
    /// <param name="texts">Columns without known names of which the model reads the texts; null for none.</param>
    /// <exception cref="DataException">A column is missing, a text is no number, or a label is missing or not among the classes. The message names line and column.</exception>
    public static EncodedRows Of(Table table, ModelData data, bool hasLabels, IReadOnlySet<string>? texts = null) => new(
        [.. data.Columns.Select(column => IsRaw(column, texts) ? new float[table.Rows.Count] : Encode(table, table.Find(column.Name), column.Names))],
        hasLabels ? Labelled(table, table.Find(data.Label!), data.Classes) : null)
    {
        Texts = [.. data.Columns.Select(column => column.Names is not null || IsRaw(column, texts) ? Raw(table, table.Find(column.Name)) : null)],
    };

    /// <summary>Some of the rows, in the order that is given.</summary>
    public EncodedRows Select(IReadOnlyList<int> rows) => new([.. Columns.Select(column => Pick(column, rows)!)], Pick(Labels, rows)) { Texts = [.. Texts.Select(column => Pick(column, rows))] };

    private static T[]? Pick<T>(T[]? column, IReadOnlyList<int> rows) => column is null ? null : [.. rows.Select(row => column[row])];

    private static bool IsRaw(TableColumn column, IReadOnlySet<string>? texts) => column.Names is null && texts?.Contains(column.Name) == true;

    private static float[] Encode(Table table, int column, IReadOnlyList<string>? names)
    {
        if (names is null)
            return [.. table.Rows.Select(row => table.Number(row, column))];
        Dictionary<string, int> keys = Keys(names);
        return [.. table.Rows.Select(row => (float)keys.GetValueOrDefault(row.Fields[column]))];
    }

    private static string[] Raw(Table table, int column) => [.. table.Rows.Select(row => row.Fields[column])];

    private static float[] Labelled(Table table, int column, IReadOnlyList<string>? classes)
    {
        Dictionary<string, int>? keys = classes is null ? null : Keys(classes);
        return [.. table.Rows.Select(row => Table.IsMissing(row, column) ? throw table.Bad(row, column, $"the label is missing ('{row.Fields[column]}')")
            : keys is null ? table.Number(row, column)
            : keys.TryGetValue(row.Fields[column], out int key) ? key - 1
            : throw table.Bad(row, column, $"expected one of the classes {string.Join(", ", classes!.Take(20).Select(name => $"'{name}'"))}, found '{row.Fields[column]}'"))];
    }

    private static Dictionary<string, int> Keys(IReadOnlyList<string> names) => names.Select((name, i) => KeyValuePair.Create(name, i + 1)).ToDictionary(StringComparer.Ordinal);
}
