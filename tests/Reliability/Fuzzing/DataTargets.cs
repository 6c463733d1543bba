using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling.Data;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>IDX files of images; the labels stay.</summary>
internal sealed record IdxTarget() : FuzzTarget("idx")
{
    private const int Count = 6;

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] images = [0, 0, 8, 3, .. new byte[12], .. Enumerable.Range(0, Count * 20).Select(i => (byte)i)];
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), Count);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(8), 4);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(12), 5);
        return [images];
    }

    public override void Read(string path, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("labels"), [0, 0, 8, 1, 0, 0, 0, Count, 0, 1, 2, 0, 1, 2]);
        Dataset.LoadIdx(path, folder.File("labels"), 3);
    }
}

/// <summary>Tables of text.</summary>
internal record CsvTarget(string Name = "csv") : FuzzTarget(Name)
{
    private readonly CsvOptions labels = new() { Label = "kind", Missing = MissingValues.SkipRow }, targets = new() { Targets = ["y"] };

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        Encoding.UTF8.GetBytes("a,b,kind\n1,2.5,x\n-3e2,\"4\",y\n?,5,x\n0.1,1e-3,\"y \"\"z\"\"\"\n"),
        Encoding.UTF8.GetBytes("kind,größe\r\nα,1\r\nβ,2\r\nα,3\r\n"),
    ];

    public override void Read(string path, byte[] bytes)
    {
        Read(path, labels);
        Read(path, targets);
    }

    private static void Read(string path, CsvOptions options)
    {
        try
        {
            Dataset.LoadCsv(path, options);
        }
        catch (DataException) when (options.Label is null)
        {
            // The other table decides whether the mutant counts as refused.
        }
    }
}

/// <summary>Tables of text in gzip; half of the mutants are packed anew, so that the reader of the table sees them.</summary>
internal sealed record GzipTarget() : CsvTarget("csv.gz")
{
    public override IReadOnlyList<byte[]> Seeds() => [.. base.Seeds().Select(Pack)];

    public override void Read(string path, byte[] bytes)
    {
        File.Move(path, path + ".csv.gz", overwrite: true);
        base.Read(path + ".csv.gz", bytes);
    }

    public override byte[] Mutate(Random random, byte[] seed, IReadOnlyList<byte[]> seeds)
    {
        if (random.Next(2) == 0)
        {
            return Mutation.Of(random, seed, seeds);
        }

        using var unpacked = new MemoryStream();
        using (var stream = new GZipStream(new MemoryStream(seed), CompressionMode.Decompress))
        {
            stream.CopyTo(unpacked);
        }

        return Pack(Mutation.Of(random, unpacked.ToArray(), base.Seeds()));
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }
}
