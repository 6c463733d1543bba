using System.Globalization;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.BookResults.Data;

/// <summary>Where the data are, and how the files are read.</summary>
internal sealed class DataFolder(string? folder)
{
    /// <summary>Whether a folder was given at all.</summary>
    public bool Given => folder is not null;

    /// <summary>MNIST, 60,000 and 10,000 images of [784]; without a folder 20,000 and 4,000 generated digits.</summary>
    public (Dataset Train, Dataset Test) Digits()
    {
        (Dataset train, Dataset test) = Given
            ? Dataset.LoadIdx(Find("mnist"))
            : (GeneratedDigits.Create(20_000, seed: 1), GeneratedDigits.Create(4_000, seed: 2));
        return (train.Reshape(784), test.Reshape(784));
    }

    /// <summary>The handwritten digits of Alpaydin and Kaynak, 3,823 and 1,797 pictures of 8 × 8 counts, divided by 16.</summary>
    public (Dataset Train, Dataset Test) OptDigits() => (OptDigits("optdigits-train.csv"), OptDigits("optdigits-test.csv"));

    /// <summary>The path of a file of a data set.</summary>
    public string File(string set, string file) => Path.Combine(Find(set), file);

    /// <summary>The rows of a file of numbers.</summary>
    public double[][] Rows(string set, string file, char separator, int skip) =>
    [
        .. System.IO.File.ReadLines(File(set, file))
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .Skip(skip)
            .Select(line => line.Split(separator).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()),
    ];

    private Dataset OptDigits(string file)
    {
        double[][] rows = Rows("optdigits", file, ',', 0);
        return Dataset.FromLabels([.. rows.SelectMany(row => row[..64].Select(v => (float)(v / 16.0)))], [64], [.. rows.Select(row => (long)row[64])], 10);
    }

    private string Find(string set)
    {
        if (folder is null)
            throw new ArgumentException($"This experiment needs the data set \"{set}\": give the folder that holds it with --data.");
        string inner = Path.Combine(folder, set);
        return Directory.Exists(inner) ? inner : folder;
    }
}
