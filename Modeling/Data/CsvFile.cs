using System.Text;

namespace Toolkit.Modeling.Data;

/// <summary>
/// Reads comma-separated values as RFC 4180 describes them, record by record: fields may stand in quotes, and then hold separators,
/// line ends and doubled quotes. Lines end with LF or CRLF; lines with nothing on them are passed over.
/// </summary>
public static class CsvFile
{
    /// <summary>The records of a file, the header included, read as they are asked for. A file that ends in ".gz" is unpacked.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="options">Separator, quote and trimming; the rest is not looked at.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">A quote is not closed, or text follows a closing quote.</exception>
    public static IEnumerable<CsvRow> Read(string path, CsvOptions options)
    {
        using var reader = new StreamReader(DataFile.OpenRead(path), Encoding.UTF8);
        foreach (CsvRow row in Read(reader, options, path))
            yield return row;
    }

    /// <summary>The records of a text.</summary>
    internal static IEnumerable<CsvRow> Read(TextReader reader, CsvOptions options, string path)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        long line = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            long first = line;
            if (options.Trim ? string.IsNullOrWhiteSpace(text) : text.Length == 0)
                continue;
            fields.Clear();
            int position = 0;
            do
            {
                position = ReadField(reader, options, path, field, ref text, position, ref line);
                fields.Add(field.ToString());
            }
            while (position <= text.Length);
            yield return new CsvRow(first, fields.ToArray());
        }
    }

    /// <summary>Reads one field into <paramref name="field"/> and returns the place after its separator, which lies beyond the end of
    /// the text when the field was the last one.</summary>
    private static int ReadField(
        TextReader reader, CsvOptions options, string path, StringBuilder field, ref string text, int position, ref long line)
    {
        field.Clear();
        int start = position;
        if (options.Trim)
        {
            while (start < text.Length && text[start] != options.Separator && char.IsWhiteSpace(text[start]))
                start++;
        }

        if (start >= text.Length || text[start] != options.Quote)
        {
            int end = text.IndexOf(options.Separator, position);
            if (end < 0)
                end = text.Length;
            ReadOnlySpan<char> plain = text.AsSpan(position, end - position);
            field.Append(options.Trim ? plain.Trim() : plain);
            return end + 1;
        }

        long opened = line;
        int i = start + 1;
        while (true)
        {
            if (i == text.Length)
            {
                // A line end inside quotes belongs to the field; it is kept as LF whatever the file uses.
                text = reader.ReadLine()
                    ?? throw new DataException($"'{path}', line {opened}: the quote that opens here is not closed.");
                line++;
                field.Append('\n');
                i = 0;
            }
            else if (text[i] != options.Quote)
            {
                field.Append(text[i++]);
            }
            else if (i + 1 < text.Length && text[i + 1] == options.Quote)
            {
                field.Append(options.Quote);
                i += 2;
            }
            else
            {
                break;
            }
        }

        i++;
        while (options.Trim && i < text.Length && text[i] != options.Separator && char.IsWhiteSpace(text[i]))
            i++;
        return i == text.Length || text[i] == options.Separator
            ? i + 1
            : throw new DataException(
                $"'{path}', line {line}: expected '{options.Separator}' or the end of the line after a closing quote, found '{text[i]}'.");
    }
}
