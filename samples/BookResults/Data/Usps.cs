using System.Buffers.Binary;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.BookResults.Data;

/// <summary>The zip-code digits of the U.S. Postal Service: pictures of 16 × 16 numbers from −1 to 1.</summary>
internal sealed record Usps(float[] Images, long[] Labels)
{
    public const int Side = 16, Pixels = Side * Side;

    public static Usps Load(DataFolder data, string part)
    {
        IdxFile images = IdxFile.Read(data.File("usps", $"usps-{part}-images-idx3-short.gz"));
        IdxFile labels = IdxFile.Read(data.File("usps", $"usps-{part}-labels-idx1-ubyte.gz"));
        ReadOnlySpan<byte> bytes = images.Bytes.Span;
        var x = new float[bytes.Length / 2];
        for (int i = 0; i < x.Length; i++)
            x[i] = BinaryPrimitives.ReadInt16BigEndian(bytes[(2 * i)..]) / 1000f;
        return new(x, [.. labels.Bytes.ToArray().Select(b => (long)b)]);
    }
}
