using System.Buffers;

namespace Toolkit.Modeling.Data;

/// <summary>Cuts a text into records and fields as RFC 4180 describes them.</summary>
internal sealed class CsvScanner
{
    /// <summary>The most characters of a record, and the most fields: what a file of one endless line may take.</summary>
    public const int GreatestLength = 1 << 24, GreatestCount = 1 << 20;

    private readonly Utf8Text text;
    private readonly CsvOptions options;
    private readonly SearchValues<char> ends;
    private readonly CsvRecord record = new();

    public CsvScanner(Utf8Text text, CsvOptions options)
    {
        (this.text, this.options) = (text, options);
        if (options.Separator == options.Quote || options.Separator is '\r' or '\n' || options.Quote is '\r' or '\n')
        {
            throw new ArgumentException(
                $"Expected separator and quote to differ and to be no line ends, found {Excerpt.Quoted(options.Separator)} and {Excerpt.Quoted(options.Quote)}.", nameof(options));
        }

        ends = SearchValues.Create([options.Separator, '\r', '\n', '\0']);
    }

    /// <summary>The next record, which is there until the next call, or null at the end. Lines with nothing on them are passed over.</summary>
    public CsvRecord? Next()
    {
        while (text.Peek() >= 0)
        {
            record.Begin(text.Line);
            bool quoted = false;
            do
            {
                if (record.Count == GreatestCount)
                    throw text.Error($"expected at most {GreatestCount} fields in a record, found more");
                quoted |= ReadField();
                record.EndField();
            }
            while (PassSeparator());

            if (record.Count > 1 || record.Length > 0 || quoted)
                return record;
        }

        return null;
    }

    /// <summary>Reads one field up to the separator or line end behind it; true if it stands in quotes.</summary>
    private bool ReadField()
    {
        int found = text.Peek();
        while (options.Trim && IsSpace(found))
        {
            text.Read();
            found = text.Peek();
        }

        if (found == options.Quote)
        {
            ReadQuoted();
            return true;
        }

        while (!EndsField(found))
        {
            Append(text.ReadTo(ends, GreatestLength - record.Length + 1));
            found = text.Peek();
        }

        if (options.Trim)
            record.TrimEnd();
        return false;
    }

    private void ReadQuoted()
    {
        (long line, long column) = (text.Line, text.Column);
        text.Read();
        while (true)
        {
            int found = text.Read();
            if (found < 0)
                throw text.Error($"the file ends within the quote that opens in line {line}, column {column}");
            if (found == options.Quote)
            {
                if (text.Peek() != options.Quote)
                    break;
                text.Read();
            }

            // A line end inside quotes belongs to the field; it is kept as LF whatever the file uses.
            if (found != '\r' || text.Peek() != '\n')
                Append([(char)found]);
        }

        while (options.Trim && IsSpace(text.Peek()))
            text.Read();
        if (!EndsField(text.Peek()))
            throw text.Error($"expected {Excerpt.Quoted(options.Separator)} or the end of the line after a closing quote, found {Excerpt.Quoted((char)text.Peek())}");
    }

    /// <summary>Passes what ends a field; false if it is the end of the record.</summary>
    private bool PassSeparator()
    {
        int found = text.Read();
        if (found == options.Separator)
            return true;
        if (found == '\r')
        {
            if (text.Peek() != '\n')
                throw text.Error("expected LF after the CR before it, as lines end with LF or CRLF, found CR alone");
            text.Read();
        }

        return false;
    }

    private void Append(ReadOnlySpan<char> found)
    {
        if (record.Length + found.Length > GreatestLength)
            throw text.Error($"expected at most {GreatestLength} characters in a record, found more");
        record.Append(found);
    }

    private bool IsSpace(int character) => character is not (-1 or '\r' or '\n') && character != options.Separator && char.IsWhiteSpace((char)character);

    private bool EndsField(int character) => character is -1 or '\r' or '\n' || character == options.Separator;
}
