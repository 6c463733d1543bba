using System.Globalization;
using System.Text;
using Toolkit.Modeling.Data;

namespace Toolkit.Tables;

/// <summary>Writes rows of text as RFC 4180 describes them, with a line of names first.</summary>
internal sealed class CsvPartWriter : IDisposable
{
    private const int Buffer = 1 << 16, LongestNumber = 64;

    private readonly StreamWriter writer;
    private readonly CsvOptions options;
    private readonly char[] special;
    private readonly char[] number = new char[LongestNumber];
    private bool isFirst = true;

    public CsvPartWriter(Stream stream, CsvOptions options)
    {
        writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Buffer, leaveOpen: true);
        this.options = options;
        special = [options.Separator, options.Quote, '\r', '\n'];
    }

    /// <summary>Writes columns of equally many cells.</summary>
    public static void Write(Stream stream, CsvOptions options, IReadOnlyList<TableColumn> columns)
    {
        using var writer = new CsvPartWriter(stream, options);
        foreach (TableColumn column in columns)
            writer.Write(column.Name);
        writer.EndRow();
        for (int row = 0; row < columns[0].Count; row++)
        {
            foreach (TableColumn column in columns)
                column.Write(writer, row);
            writer.EndRow();
        }
    }

    /// <summary>Writes a cell with the fewest digits that give the same number back.</summary>
    public void Write<T>(T value)
        where T : ISpanFormattable
    {
        Separate();
        if (value.TryFormat(number, out int length, default, CultureInfo.InvariantCulture))
            writer.Write(number.AsSpan(0, length));
        else
            writer.Write(value.ToString(null, CultureInfo.InvariantCulture));
    }

    /// <summary>Writes a cell, in quotes where it could be read as something else.</summary>
    public void Write(string text)
    {
        Separate();
        bool isPlain = text.AsSpan().IndexOfAny(special) < 0 && !(options.Trim && text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])));
        if (isPlain)
        {
            writer.Write(text);
            return;
        }

        string quote = options.Quote.ToString();
        writer.Write(options.Quote);
        writer.Write(text.Replace(quote, quote + quote, StringComparison.Ordinal));
        writer.Write(options.Quote);
    }

    public void EndRow()
    {
        writer.Write('\n');
        isFirst = true;
    }

    public void Dispose() => writer.Dispose();

    private void Separate()
    {
        if (!isFirst)
            writer.Write(options.Separator);
        isFirst = false;
    }
}
