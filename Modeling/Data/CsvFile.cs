namespace Toolkit.Modeling.Data;

/// <summary>
/// Reads comma-separated values as RFC 4180 describes them, record by record: fields may stand in quotes, and then hold separators,
/// line ends and doubled quotes. Lines end with LF or CRLF; lines with nothing on them are passed over. A record has at most 16,777,216 characters and 1,048,576
/// fields.
/// </summary>
public static class CsvFile
{
    /// <summary>The records of a file, the header included, read as they are asked for. A file that ends in ".gz" is unpacked.</summary>
    /// <param name="path">The file, in UTF-8, with or without a byte order mark.</param>
    /// <param name="options">Separator, quote and trimming; the rest is not looked at.</param>
    /// <exception cref="ArgumentException">Separator and quote are the same, or line ends.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">A byte is not UTF-8, a character is NUL, a line ends with CR alone, a quote is not closed, text follows a closing quote, a
    /// record is too long, or a packed file is damaged, ends early or unpacks to more than 64 MiB and 100 times its size. The message names line and column.</exception>
    public static IEnumerable<CsvRow> Read(string path, CsvOptions options)
    {
        using Stream stream = DataFile.OpenRead(path);
        foreach (CsvRow row in Read(stream, options, path))
            yield return row;
    }

    /// <summary>The records of a file in blocks, cut between records: each can be read by itself, on any thread.</summary>
    /// <param name="path">The file, in UTF-8, with or without a byte order mark. One that ends in ".gz" is unpacked.</param>
    /// <param name="options">Separator, quote and trimming; the rest is not looked at. Separator and quote are ASCII characters.</param>
    /// <param name="length">The bytes that a block has at least, but for the last one; it ends with the record that reaches them.</param>
    /// <returns>The blocks in the order of the file. The bytes of each are there until the next is asked for.</returns>
    /// <exception cref="ArgumentException">Separator and quote are the same, line ends or no ASCII characters.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">A record is too long, or a packed file is damaged.</exception>
    public static IEnumerable<CsvBlock> ReadBlocks(string path, CsvOptions options, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return Blocks();

        IEnumerable<CsvBlock> Blocks()
        {
            using Stream stream = DataFile.OpenRead(path);
            var cutter = new CsvBlockCutter(stream, options, path, length);
            while (cutter.Next() is { } block)
                yield return block;
        }
    }

    /// <summary>The records of a block.</summary>
    /// <param name="block">A block.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="options">Those by which it was cut.</param>
    /// <exception cref="DataException">As for a file; the lines are those of the file.</exception>
    public static IEnumerable<CsvRow> Read(CsvBlock block, string path, CsvOptions options)
    {
        using Stream stream = block.Open();
        var records = new CsvScanner(new Utf8Text(stream, path, block.FirstLine), options);
        while (records.Next() is { } record)
            yield return new CsvRow(record.Line, record.Texts());
    }

    /// <summary>The records of a text.</summary>
    internal static IEnumerable<CsvRow> Read(Stream stream, CsvOptions options, string path)
    {
        var records = new CsvScanner(new Utf8Text(stream, path), options);
        while (records.Next() is { } record)
            yield return new CsvRow(record.Line, record.Texts());
    }

    /// <summary>The records of a file, each there until the next is asked for.</summary>
    internal static IEnumerable<CsvRecord> Records(string path, CsvOptions options)
    {
        using Stream stream = DataFile.OpenRead(path);
        var records = new CsvScanner(new Utf8Text(stream, path), options);
        while (records.Next() is { } record)
            yield return record;
    }
}
