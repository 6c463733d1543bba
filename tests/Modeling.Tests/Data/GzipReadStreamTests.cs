using System.IO.Compression;
using System.Text;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class GzipReadStreamTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 40_000).Select(i => (byte)(i * i % 251 * (i % 7)))];

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Members_one_after_the_other_are_read_whole(CompressionLevel level)
    {
        int[][] sizes = [[0], [1], [40_000], [5, 7], [40_000, 0, 1, 8191, 8192], [0, 0, 0], [.. Enumerable.Range(0, 300)]];
        foreach (int[] parts in sizes)
        {
            byte[] packed = [.. parts.SelectMany(size => Pack(Content[..size], level))];
            Assert.Equal(parts.SelectMany(size => Content[..size]), Unpack(packed));
        }
    }

    [Fact]
    public void A_header_with_all_its_parts_is_passed()
    {
        byte[] plain = Pack(Content, CompressionLevel.Optimal);
        byte[] header = [0x1F, 0x8B, 8, 0b11111, 1, 2, 3, 4, 0, 255, 3, 0, 9, 9, 9, .. "name.csv\0"u8, .. "a comment\0"u8, 7, 7];
        Assert.Equal(Content, Unpack([.. header, .. plain[10..]]));
        plain[3] = 0x20;
        Assert.Contains("reserved", Fails(plain));
    }

    [Fact]
    public void A_file_that_ends_anywhere_before_its_end_is_refused()
    {
        byte[] one = Pack(Content[..300], CompressionLevel.Optimal);
        for (int length = 0; length < one.Length; length++)
        {
            Fails(one[..length]);
            if (length > 0)
                Fails([.. one, .. one[..length]]);
        }

        Assert.Contains("the file ends within its packed data", Fails(one[..^20]));
    }

    [Fact]
    public void A_bit_that_is_turned_anywhere_behind_the_header_is_noticed()
    {
        byte[] one = Pack(Content[..300], CompressionLevel.Optimal);
        int same = 0;
        for (int bit = 80; bit < 8 * one.Length; bit++)
        {
            byte[] turned = [.. one];
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // Some bits do not matter, as those that fill the last byte of the packed data.
                Assert.Equal(Content[..300], Unpack(turned));
                same++;
            }
            catch (DataException)
            {
            }
        }

        Assert.InRange(same, 0, 10);
    }

    [Fact]
    public void Bytes_behind_the_last_member_are_refused()
    {
        foreach (byte[] packed in (byte[][])[Pack(Content, CompressionLevel.Optimal), Pack([], CompressionLevel.Optimal)])
        {
            foreach (byte[] rest in (byte[][])[[0], [0, 0, 0, 0, 0, 0, 0, 0], [0x1F], [0x1F, 0x8B], [0x1F, 0x8B, 8], [0x1F, 0x8B, 9], new byte[20_000], [1, 2, 3]])
                Fails([.. packed, .. rest]);
        }
    }

    [Fact]
    public void Names_that_do_not_tell_the_truth_are_refused()
    {
        using var folder = new TemporaryFolder();
        var options = new CsvOptions { Label = "y" };
        byte[] table = "x,y\n1,a\n2,b\n"u8.ToArray();
        Assert.Contains("not a gzip file", Assert.Throws<DataException>(() => Dataset.LoadCsv(folder.Write("a.csv.gz", table), options)).Message);
        Assert.Contains("packed with gzip", Assert.Throws<DataException>(() => Dataset.LoadCsv(folder.Write("a.csv", TemporaryFolder.Gzip(table)), options)).Message);
        Assert.Equal(2, Dataset.LoadCsv(folder.Write("b.csv.GZ", TemporaryFolder.Gzip(table)), options).Count);
        File.Delete(folder.PathOf("a.csv"));
    }

    [Fact]
    public void Half_of_a_packed_table_is_an_error_and_no_smaller_table()
    {
        using var folder = new TemporaryFolder();
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < 20_000; i++)
            text.Append(i * 7919 % 10_007).Append(',').Append(i % 3).Append('\n');
        byte[] packed = TemporaryFolder.Gzip(Encoding.UTF8.GetBytes(text.ToString()));
        var options = new CsvOptions { Label = "y" };
        Assert.Equal(20_000, Dataset.LoadCsv(folder.Write("whole.csv.gz", packed), options).Count);
        string half = folder.Write("half.csv.gz", packed[..(packed.Length / 2)]);
        Assert.Contains($"'{half}' is damaged: the file ends within its packed data", Assert.Throws<DataException>(() => Dataset.LoadCsv(half, options)).Message);
    }

    [Fact]
    public void A_file_made_to_fill_the_memory_is_refused_before_it_does()
    {
        using var folder = new TemporaryFolder();
        // 96 MiB of zeros behind a header that promises them: some 100 KB packed.
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write([0, 0, 8, 1, 0x06, 0, 0, 0]);
            for (int i = 0; i < 96; i++)
                gzip.Write(new byte[1 << 20]);
        }

        string path = folder.Write("bomb.gz", packed.ToArray());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("unpacks to more than", Assert.Throws<DataException>(() => IdxFile.Read(path)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300L << 20);
    }

    private static byte[] Pack(byte[] content, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        // The header and trailer of an empty content are written here, as GZipStream writes nothing at all for it.
        if (content.Length == 0)
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using (var gzip = new GZipStream(packed, level))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var result = new MemoryStream();
        using var stream = new GzipReadStream(new MemoryStream(packed), "a.gz");
        stream.CopyTo(result);
        return result.ToArray();
    }

    private static string Fails(byte[] packed)
    {
        string message = Assert.Throws<DataException>(() => Unpack(packed)).Message;
        Assert.Contains("'a.gz'", message);
        return message;
    }
}
