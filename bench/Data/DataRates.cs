using System.Diagnostics;
using System.Globalization;
using Toolkit.Bench.Steps;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;

namespace Toolkit.Bench.Data;

/// <summary>How fast data are read and augmented, beside what training steps take of them.</summary>
internal static class DataRates
{
    private const int Columns = 20, Rows = 300_000, Pictures = 200_000, Side = 28, Repeats = 3;

    /// <summary>Prints megabytes a second, the best of some passes each over files that were just written, and examples a second.</summary>
    /// <param name="folder">A folder for the files, which are deleted afterwards.</param>
    public static void Run(string folder)
    {
        Directory.CreateDirectory(folder);
        string table = Path.Combine(folder, "table.csv"), images = Path.Combine(folder, "images-idx3-ubyte"), labels = Path.Combine(folder, "labels-idx1-ubyte");
        try
        {
            WriteTable(table);
            WriteImages(images, labels);
            var options = new CsvOptions { Label = "label" };
            Print("CSV, Dataset.LoadCsv", new FileInfo(table).Length, Rows, () => Dataset.LoadCsv(table, options));
            Print("CSV, CsvFile.Read", new FileInfo(table).Length, Rows, () => Require(CsvFile.Read(table, options).Count() == Rows + 1));
            Print("IDX, IdxFile.Read", new FileInfo(images).Length, Pictures, () => IdxFile.Read(images));
            Dataset? data = null;
            Print("IDX, Dataset.LoadIdx", new FileInfo(images).Length, Pictures, () => data = Dataset.LoadIdx(images, labels, 10));
            Dataset pictures = data!.Take(20_000).Reshape([1, Side, Side]);
            foreach (ImageAugmentation augmentation in new ImageAugmentation[] { new RandomAffine { Shift = 2, WholePixels = true }, new RandomAffine { Shift = 2, Rotation = 10 }, new RandomIntensity(0.2, 0.1) })
                Print($"augmentation, {augmentation}", 4L * Side * Side * 20_000, 20_000, () => Require(Pass(new AugmentedSource(pictures, 1, augmentation)) == 20_000));
            foreach ((string name, int batch) in new[] { ("train-mlp-mnist", 128), ("train-cnn-mnist", 64) })
            {
                Action step = Cases.All(1).Single(c => c.Name == name).Make().Step;
                double seconds = Turns.Medians(1, 1, step)[0];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name}, one thread | | {batch / seconds:N0} |"));
            }
        }
        finally
        {
            File.Delete(table);
            File.Delete(images);
            File.Delete(labels);
        }
    }

    private static int Pass(AugmentedSource source) => source.Batches(new BatchOptions { Size = 128 }).Sum(batch => batch.Count);

    private static void Require(bool isWhole)
    {
        if (!isWhole)
            throw new InvalidOperationException("A pass has lost examples.");
    }

    private static void Print(string name, long bytes, int examples, Action pass)
    {
        double best = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            pass();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {bytes / best / 1e6:N0} | {examples / best:N0} |"));
    }

    private static void WriteTable(string path)
    {
        var random = new RandomSource(1);
        using var writer = new StreamWriter(path);
        writer.WriteLine(string.Join(',', Enumerable.Range(0, Columns).Select(column => $"x{column}")) + ",label");
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                writer.Write(((float)random.NextNormal(0, 1)).ToString(CultureInfo.InvariantCulture));
                writer.Write(',');
            }

            writer.WriteLine(random.NextInt32(3) == 0 ? "yes" : "no");
        }
    }

    private static void WriteImages(string images, string labels)
    {
        var random = new RandomSource(2);
        byte[] pixels = new byte[Side * Side];
        using FileStream pictures = File.Create(images), classes = File.Create(labels);
        pictures.Write([0, 0, 8, 3, .. BigEndian(Pictures), .. BigEndian(Side), .. BigEndian(Side)]);
        classes.Write([0, 0, 8, 1, .. BigEndian(Pictures)]);
        for (int i = 0; i < Pictures; i++)
        {
            for (int j = 0; j < pixels.Length; j++)
                pixels[j] = (byte)((i * 31) + (j * 7));
            pictures.Write(pixels);
            classes.WriteByte((byte)random.NextInt32(10));
        }
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
