using System.Globalization;
using Toolkit.Modeling.Data;
using Toolkit.Tables;

namespace Toolkit.Tool.Data;

/// <summary>The texts of a table with a header, row by row, with the line of each.</summary>
internal sealed class Table
{
    private static readonly HashSet<string> Missing = new(new CsvOptions().MissingMarks, StringComparer.Ordinal);

    private const string Parquet = ".parquet";

    private readonly string path;

    private Table(string path, IReadOnlyList<string> headers, IReadOnlyList<CsvRow> rows) => (this.path, Headers, Rows) = (path, headers, rows);

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>The rows behind the header, each with a text for each column.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Whether a file is a table, by its name.</summary>
    public static bool Is(string path) => Kind(path) is ".csv" or ".tsv" or ".txt" || IsParquet(path);

    /// <summary>Whether a file is a table of Parquet, by its name.</summary>
    public static bool IsParquet(string path) => path.EndsWith(Parquet, StringComparison.OrdinalIgnoreCase);

    /// <summary>How a table of text is written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="separator">The character between fields; null for a tab in .tsv files and a comma in others.</param>
    public static CsvOptions Format(string path, char? separator) => new() { Separator = separator ?? (Kind(path) == ".tsv" ? '\t' : ',') };

    /// <summary>The rows of a table as texts, the header first.</summary>
    public static IEnumerable<CsvRow> Texts(string path, char? separator) => IsParquet(path) ? ParquetFile.ReadText(path) : CsvFile.Read(path, Format(path, separator));

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file; unpacked if its name ends in ".gz".</param>
    /// <param name="separator">The character between fields; null for a tab in .tsv files and a comma in others.</param>
    public static Table Read(string path, char? separator)
    {
        List<CsvRow> records = [.. Texts(path, separator)];
        if (records.Count < 2)
            throw new DataException($"'{path}': expected a header and at least one row, found {records.Count} lines.");
        IReadOnlyList<string> headers = records[0].Fields;
        if (!IsParquet(path) && headers is [var only] && ";\t|,".FirstOrDefault(only.Contains) is var other and not '\0')
            throw new DataException($"'{path}' has one column, '{only}', where fields are separated by '{Format(path, separator).Separator}': its separator looks like {(other == '\t' ? "a tab" : $"'{other}'")}; say so with --separator.");
        if (headers.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw new DataException($"'{path}': expected columns of distinct names, found two called '{twice}'.");
        if (records.FirstOrDefault(row => row.Fields.Count != headers.Count) is { } odd)
            throw new DataException($"'{path}', line {odd.Line}: expected {headers.Count} fields as in the first line, found {odd.Fields.Count}.");
        return new Table(path, headers, records[1..]);
    }

    /// <summary>The place of a column.</summary>
    public int Find(string name)
    {
        int place = TryFind(name);
        return place >= 0 ? place : throw new DataException($"'{path}' has no column '{name}'; its columns are {string.Join(", ", Headers.Select(header => $"'{header}'"))}.");
    }

    /// <summary>The place of a column, or −1.</summary>
    public int TryFind(string name) => Headers.ToList().IndexOf(name);

    /// <summary>Whether a cell says that there is no value.</summary>
    public static bool IsMissing(CsvRow row, int column) => Missing.Contains(row.Fields[column]);

    /// <summary>Whether a text is a number within float32.</summary>
    public static bool IsNumber(string text) => TryNumber(text, out float number) && float.IsFinite(number);

    /// <summary>A number; NaN where it is missing.</summary>
    public float Number(CsvRow row, int column)
    {
        if (IsMissing(row, column))
            return float.NaN;
        return TryNumber(row.Fields[column], out float number) && float.IsFinite(number) ? number : throw Bad(row, column, $"expected a number within float32, found '{row.Fields[column]}'");
    }

    /// <summary>The error of a cell.</summary>
    public DataException Bad(CsvRow row, int column, string what) => new($"'{path}', {(IsParquet(path) ? "row" : "line")} {row.Line}, column '{Headers[column]}': {what}.");

    /// <summary>The error of a column.</summary>
    public DataException Bad(int column, string what) => new($"'{path}', column '{Headers[column]}': {what}.");

    private static bool TryNumber(string text, out float number) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Kind(string path) => Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path).ToLowerInvariant();
}
