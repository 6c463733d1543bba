namespace Toolkit.Modeling.Data;

/// <content>Loading of the MNIST files.</content>
public sealed partial class Dataset
{
    /// <summary>Loads a training and a test set from the four files of MNIST, Fashion-MNIST and their relatives:
    /// <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c>, <c>t10k-labels-idx1-ubyte</c>,
    /// each as it is or packed as <c>.gz</c>, also with a dot before <c>idx</c>. Features are the pixels divided by 255, so in [0, 1], of shape [rows · columns]; see
    /// <see cref="Reshape"/> for convolutions.</summary>
    /// <param name="folder">The folder with the files.</param>
    /// <param name="classCount">The number of classes; 10 by default.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">One of the files is missing.</exception>
    /// <exception cref="DataException">A file is damaged, images and labels differ in number, or a label is out of
    /// range.</exception>
    public static (Dataset Train, Dataset Test) LoadIdx(string folder, int classCount = 10)
    {
        string full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
            throw new DirectoryNotFoundException($"There is no folder '{full}' to load IDX files from.");
        // All four are looked up first, so that a missing one is reported at once and not after half a minute of reading.
        string trainImages = Find(full, "train-images-idx3-ubyte");
        string trainLabels = Find(full, "train-labels-idx1-ubyte");
        string testImages = Find(full, "t10k-images-idx3-ubyte");
        string testLabels = Find(full, "t10k-labels-idx1-ubyte");
        return (LoadIdx(trainImages, trainLabels, classCount), LoadIdx(testImages, testLabels, classCount));
    }

    /// <summary>Loads a training, a validation and a test set: as <see cref="LoadIdx(string, int)"/>, with some of the training rows, drawn at random, set aside
    /// to choose settings and to stop early by, so that the test rows are read once, at the end (book section 5.3).</summary>
    /// <param name="folder">The folder with the files.</param>
    /// <param name="validation">The share of the training rows that become validation rows, above 0 and below 1.</param>
    /// <param name="seed">The seed of the draw; 0 by default.</param>
    /// <param name="classCount">The number of classes; 10 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not between 0 and 1.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">One of the files is missing.</exception>
    /// <exception cref="DataException">A file is damaged, images and labels differ in number, or a label is out of
    /// range.</exception>
    public static (Dataset Train, Dataset Validation, Dataset Test) LoadIdx(string folder, double validation, ulong seed = 0, int classCount = 10)
    {
        Settings.InsideUnit(validation);
        (Dataset all, Dataset test) = LoadIdx(folder, classCount);
        (Dataset held, Dataset train) = all.Split(validation, new RandomSource(seed).Fork("validation"));
        return (train, held, test);
    }

    /// <summary>Loads images and their labels from a pair of IDX files of unsigned bytes. Features are the pixels divided by 255, so
    /// in [0, 1], of shape [product of the axes after the first].</summary>
    /// <param name="imagesPath">The file of images, at least two axes, the first of which counts images.</param>
    /// <param name="labelsPath">The file of labels, one axis.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <exception cref="FileNotFoundException">One of the files is missing.</exception>
    /// <exception cref="DataException">A file is damaged or has an unexpected type or number of axes, images and labels differ
    /// in number, there are none, or a label is out of range.</exception>
    public static Dataset LoadIdx(string imagesPath, string labelsPath, int classCount)
    {
        IdxFile images = IdxFile.Read(imagesPath);
        IdxFile labels = IdxFile.Read(labelsPath);
        if (images.ElementType != IdxElementType.UInt8 || images.Shape.Count < 2)
            throw Unexpected(imagesPath, "images: UInt8 with at least two axes", images);
        if (labels.ElementType != IdxElementType.UInt8 || labels.Shape.Count != 1)
            throw Unexpected(labelsPath, "labels: UInt8 with one axis", labels);
        int count = images.Shape[0];
        if (count != labels.Shape[0])
        {
            throw new DataException(
                $"'{imagesPath}' has {count} images, but '{labelsPath}' has {labels.Shape[0]} labels; expected as many labels as images.");
        }

        if (images.Bytes.IsEmpty)
            throw new DataException($"'{imagesPath}' is empty: found the shape {Shapes.Text([.. images.Shape])}.");
        ReadOnlySpan<byte> bytes = images.Bytes.Span;
        float[] shades = [.. Enumerable.Range(0, 256).Select(shade => shade / 255f)], pixels = GC.AllocateUninitializedArray<float>(bytes.Length);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = shades[bytes[i]];
        try
        {
            return FromLabels(pixels, [pixels.Length / count], labels.ToInt64(), classCount);
        }
        catch (DataException e)
        {
            throw new DataException($"'{labelsPath}': {e.Message}", e);
        }
    }

    /// <summary>The file of a name, also with a dot before its kind ("train-images.idx3-ubyte"), as it is or packed.</summary>
    private static string Find(string folder, string name)
    {
        string[] names = [name, name.Replace("-idx", ".idx", StringComparison.Ordinal)];
        string[] paths = [.. names.SelectMany(each => new[] { each, $"{each}.gz" }).Select(each => Path.Combine(folder, each))];
        return Array.Find(paths, File.Exists) ?? throw new FileNotFoundException($"The folder '{folder}' has neither '{name}' nor '{name}.gz'.", paths[0]);
    }

    private static DataException Unexpected(string path, string expected, IdxFile found) =>
        new($"'{path}': expected {expected}, found {found.ElementType} of shape {Shapes.Text([.. found.Shape])}.");
}
