using System.Buffers.Binary;
using Toolkit.Modeling.Data;

namespace Toolkit.MadeData;

/// <summary>Drawn digits as MNIST (28 × 28), as optical digits (8 × 8 counts from 0 to 16, in text) and as those of the postal service (16 × 16 thousandths from −1 to 1);
/// smaller pictures are means.</summary>
internal static class Pictures
{
    public static void Write(string folder)
    {
        foreach ((string idx, string part, int count, ulong seed) in new[] { ("train", "train", 2_000, 11UL), ("t10k", "test", 1_000, 12UL) })
        {
            Dataset drawn = GeneratedDigits.Create(count, seed);
            float[][] pictures = [.. drawn.Features.ToArray().Chunk(784)];
            byte[] labels = [.. drawn.Labels.ToArray().Select(l => (byte)l)];
            DataFiles.Idx(
                DataFiles.Into(folder, "mnist", $"{idx}-images-idx3-ubyte.gz"), 8, [count, 28, 28], [.. pictures.SelectMany(p => p).Select(v => (byte)Math.Round(255 * v))]);
            DataFiles.Idx(DataFiles.Into(folder, "mnist", $"{idx}-labels-idx1-ubyte.gz"), 8, [count], labels);
            File.WriteAllLines(
                DataFiles.Into(folder, "optdigits", $"optdigits-{part}.csv"),
                pictures.Select((p, i) => string.Join(',', Means(p, 8).Select(v => (int)Math.Round(16 * v)).Append(labels[i]))));
            byte[] thousandths = [.. pictures.SelectMany(p => Means(p, 16)).SelectMany(v =>
            {
                byte[] two = new byte[2];
                BinaryPrimitives.WriteInt16BigEndian(two, (short)Math.Round((2000 * v) - 1000));
                return two;
            })];
            DataFiles.Idx(DataFiles.Into(folder, "usps", $"usps-{part}-images-idx3-short.gz"), 11, [count, 16, 16], thousandths);
            DataFiles.Idx(DataFiles.Into(folder, "usps", $"usps-{part}-labels-idx1-ubyte.gz"), 8, [count], labels);
        }
    }

    /// <summary>The picture in fewer rows and columns: means over the area of each cell.</summary>
    private static IEnumerable<double> Means(float[] picture, int side)
    {
        double width = 28.0 / side;
        double Covered(int cell, int pixel) => Math.Max(0, Math.Min((cell + 1) * width, pixel + 1) - Math.Max(cell * width, pixel)) / width;
        var across = new double[28 * side];
        for (int i = 0; i < across.Length; i++)
            across[i] = Enumerable.Range(0, 28).Sum(pixel => picture[(i / side * 28) + pixel] * Covered(i % side, pixel));
        for (int cell = 0; cell < side * side; cell++)
            yield return Enumerable.Range(0, 28).Sum(pixel => across[(pixel * side) + (cell % side)] * Covered(cell / side, pixel));
    }
}
