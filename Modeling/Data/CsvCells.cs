using System.Globalization;

namespace Toolkit.Modeling.Data;

/// <summary>The cells of a table as numbers and texts, and what is wrong with them.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="options">How the table is read.</param>
internal sealed class CsvCells(string path, CsvOptions options)
{
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> marks = new HashSet<string>(options.MissingMarks, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly int longestMark = options.MissingMarks.Select(mark => mark.Length).DefaultIfEmpty(-1).Max();

    /// <summary>The header of each column, or its number as text.</summary>
    public string[] Headers { get; private set; } = [];

    /// <summary>The rows behind the header, each of as many fields as the first line.</summary>
    /// <param name="begin">What to do once the headers are known.</param>
    /// <returns>The rows, each there until the next is asked for.</returns>
    public IEnumerable<CsvRecord> Rows(Action begin)
    {
        bool first = true;
        foreach (CsvRecord row in CsvFile.Records(path, options))
        {
            if (first)
            {
                Headers = options.HasHeader ? row.Texts() : [.. Enumerable.Range(0, row.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
                begin();
                first = false;
                if (options.HasHeader)
                    continue;
            }

            if (row.Count != Headers.Length)
                throw new DataException($"'{path}', line {row.Line}: expected {Headers.Length} fields as in the first line, found {row.Count}.");
            yield return row;
        }

        if (first)
            throw new DataException($"'{path}' is empty.");
    }

    /// <summary>The error of a table without any row.</summary>
    public DataException NoRows() => new($"'{path}' has no rows to learn from{(options.HasHeader ? " after its header" : "")}.");

    /// <summary>Where the whole header is one field: the separator that it looks like, in a sentence; otherwise nothing.</summary>
    public string OtherSeparator() => Headers is [var only] && ";\t|,".FirstOrDefault(only.Contains) is var found and not '\0'
        ? $" Fields were separated by {Excerpt.Quoted(options.Separator)}; the first line looks as if the separator were {(found == '\t' ? "a tab" : Excerpt.Quoted(found))}: set CsvOptions.Separator."
        : "";

    /// <summary>The place of a column.</summary>
    public int Find(CsvColumn column)
    {
        try
        {
            return column.Find(Headers, options.HasHeader, path);
        }
        catch (DataException e) when (OtherSeparator() is { Length: > 0 } hint)
        {
            throw new DataException(e.Message + hint, e);
        }
    }

    public bool IsMissing(CsvRecord row, int column) => row[column].Length <= longestMark && marks.Contains(row[column]);

    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="hint">What to do about a text that is no number.</param>
    public float Number(CsvRecord row, int column, string hint = "")
    {
        if (!NumberText.TryParse(row[column], out float value))
            throw Bad(row.Line, column, $"expected a number, found {Excerpt.Quoted(row[column].ToString())}{hint}");
        return float.IsFinite(value) ? value : throw Bad(row.Line, column, $"expected a finite number within float32, found {Excerpt.Quoted(row[column].ToString())}");
    }

    public float Weight(CsvRecord row, int column)
    {
        if (IsMissing(row, column))
            throw Missing(row, column);
        float weight = Number(row, column);
        return weight >= 0 ? weight : throw Bad(row.Line, column, $"expected a weight of at least 0, found {Excerpt.Quoted(row[column].ToString())}");
    }

    public DataException Missing(CsvRecord row, int column) =>
        Bad(row.Line, column, $"the value is missing ({Excerpt.Quoted(row[column].ToString())}); CsvOptions.Missing says what to do about that");

    public DataException Bad(long line, int column, string what) =>
        new($"'{path}', line {line}, column {(options.HasHeader ? Excerpt.Quoted(Headers[column]) : Headers[column])}: {what}.");

    /// <summary>The error of a column without any number to take the mean of.</summary>
    public DataException NoMean(int column, bool weighted) => new(
        $"'{path}', column {Excerpt.Quoted(Headers[column])}: every value is missing{(weighted ? " or has the weight 0" : "")}, so there is no mean to put in.");

    /// <summary>Texts in numeric order if all are whole numbers, else in ordinal order.</summary>
    public static string[] Sorted(IReadOnlyCollection<string> texts)
    {
        bool numeric = texts.All(text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        IEnumerable<string> ordinal = texts.Order(StringComparer.Ordinal);
        return [.. numeric ? ordinal.OrderBy(text => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)) : ordinal];
    }
}
