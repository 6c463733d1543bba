using System.Globalization;
using Toolkit.Modeling.Data;

namespace Toolkit.Tool.Data;

/// <summary>Images in IDX files, as MNIST and its relatives have them.</summary>
internal static class Images
{
    private const string TrainImages = "train-images", TrainLabels = "train-labels", TestImages = "t10k-images", TestLabels = "t10k-labels";

    /// <summary>Whether a folder has such files.</summary>
    public static bool Are(string folder) => Directory.Exists(folder) && (Directory.EnumerateFiles(folder, $"{TrainImages}*").Any() || Directory.EnumerateFiles(folder, $"{TestImages}*").Any());

    /// <summary>The images to learn from, those to stop by, and those to measure with.</summary>
    /// <param name="folder">The folder with the four files.</param>
    /// <param name="validation">The share of the training images to stop by.</param>
    /// <param name="seed">Decides which.</param>
    public static ImageData Load(string folder, double validation, ulong seed)
    {
        (string images, string labels, string testImages, string testLabels) = (Find(folder, TrainImages), Find(folder, TrainLabels), Find(folder, TestImages), Find(folder, TestLabels));
        int classes = (int)Math.Max(IdxFile.Read(labels).ToInt64().Max(), IdxFile.Read(testLabels).ToInt64().Max()) + 1;
        Dataset all = Shaped(images, labels, classes), test = Shaped(testImages, testLabels, classes);
        string[] names = [.. Enumerable.Range(0, classes).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        if (validation == 0)
            return new ImageData(all, null, test, names, Pictures: null);
        Partition parts = Partition.Of([.. all.Labels.ToArray().Select(label => (float)label)], validation, test: 0, seed);
        return new ImageData(all.Select([.. parts.Train]), all.Select([.. parts.Validation]), test, names, Pictures: null);
    }

    /// <summary>Images to score: a file of them, or the test images of a folder.</summary>
    public static string ImagesOf(string path) => Directory.Exists(path) ? Find(path, TestImages) : path;

    /// <summary>The labels of images: the file that is named, or the test labels of a folder.</summary>
    public static string LabelsOf(string path, string? labels) => labels ?? (Directory.Exists(path)
        ? Find(path, TestLabels)
        : throw new ArgumentException($"Expected the file of the labels of \"{path}\" as --labels, found none."));

    private static Dataset Shaped(string images, string labels, int classes)
    {
        IReadOnlyList<int> shape = IdxFile.Read(images).Shape;
        return shape.Count == 3
            ? Dataset.LoadIdx(images, labels, classes).Reshape(1, shape[1], shape[2])
            : throw new DataException($"'{images}': expected images [count, height, width], found [{string.Join(", ", shape)}].");
    }

    /// <summary>The file of a folder whose name begins so: "train-images-idx3-ubyte", "train-images.idx3-ubyte", either with ".gz" behind.</summary>
    private static string Find(string folder, string name) => Directory.GetFiles(folder, $"{name}*").Order(StringComparer.Ordinal).FirstOrDefault()
        ?? throw new FileNotFoundException($"The folder '{folder}' has no file '{name}-idx…-ubyte'; expected the four files of MNIST.");
}
