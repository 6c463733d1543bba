using System.Text;
using CsCheck;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Blocks of a table of text, read one by one, are the table.</summary>
public sealed class CsvBlockTests
{
    [Fact]
    public void Blocks_of_any_length_hold_the_records_of_the_file_and_their_lines()
    {
        int compared = 0, cut = 0;
        (from text in Gen.String[Gen.Char["ab\"\"\",, \n\n\r\t"], 0, 40] from length in Gen.Int[1, 12] from trim in Gen.Bool from mark in Gen.Bool select (text: (mark ? "\uFEFF" : "") + text, length, trim)).Sample(
            each =>
            {
                var options = new CsvOptions { Trim = each.trim };
                if (Records(() => CsvFile.Read(Stream(each.text), options, "t.csv")) is not { } expected)
                    return;
                List<CsvBlock> blocks = Blocks(each.text, each.length, options);
                (string, long)[]? found = Records(() => blocks.SelectMany(block => CsvFile.Read(block, "t.csv", options)));
                Assert.Equal(expected, found);
                Assert.Equal(Encoding.UTF8.GetBytes(each.text), blocks.SelectMany(block => block.Bytes.ToArray()));
                Assert.Equal(Enumerable.Range(0, blocks.Count), blocks.Select(block => block.Index));
                Interlocked.Increment(ref compared);
                Interlocked.Add(ref cut, blocks.Count - 1);
            },
            iter: 20_000,
            threads: 1);
        Assert.True(compared > 1_000 && cut > 500, $"{compared} tables, {cut} cuts");
    }

    [Fact]
    public void A_block_ends_with_the_first_record_that_fills_it()
    {
        List<CsvBlock> blocks = Blocks("a,b\n1,\"x\ny\"\n2,z\n3,w", 5, new());
        Assert.Equal(["a,b\n1,\"x\ny\"\n", "2,z\n3,w"], blocks.Select(block => Encoding.UTF8.GetString(block.Bytes.Span)));
        Assert.Equal([1L, 4L], blocks.Select(block => block.FirstLine));
    }

    [Fact]
    public void Quotes_inside_a_field_open_nothing() =>
        Assert.Equal(3, Blocks("5\" pipe,1\n6\" pipe,2\n7\",3\n", 1, new()).Count);

    [Fact]
    public void Separators_that_take_several_bytes_are_refused() =>
        Assert.Contains("ASCII", Assert.Throws<ArgumentException>(() => Blocks("a", 1, new() { Separator = '¦' })).Message, StringComparison.Ordinal);

    private static List<CsvBlock> Blocks(string text, int length, CsvOptions options)
    {
        var cutter = new CsvBlockCutter(Stream(text), options, "t.csv", length);
        var blocks = new List<CsvBlock>();
        while (cutter.Next() is { } block)
            blocks.Add(block with { Bytes = block.Bytes.ToArray() });
        return blocks;
    }

    private static (string Fields, long Line)[]? Records(Func<IEnumerable<CsvRow>> read)
    {
        try
        {
            return [.. read().Select(row => (string.Join('|', row.Fields), row.Line))];
        }
        catch (DataException)
        {
            return null;
        }
    }

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
