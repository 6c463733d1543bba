using Toolkit.Imaging;
using Toolkit.Modeling.Data;

namespace Toolkit.Tool.Data;

/// <summary>Folders of pictures, with a folder for each class.</summary>
internal static class Pictures
{
    /// <summary>The pictures to learn from, those to stop by, and those to measure with.</summary>
    /// <param name="folder">The folder with the folders of the classes.</param>
    /// <param name="testFolder">One with pictures to measure with, of the same classes; null for a share of the first.</param>
    /// <param name="format">What pictures are brought to.</param>
    /// <param name="validation">The share of the pictures to stop by.</param>
    /// <param name="test">The share of the pictures to measure with, without a folder for that.</param>
    /// <param name="seed">Decides which.</param>
    public static ImageData Load(string folder, string? testFolder, PictureFormat format, double validation, double test, ulong seed)
    {
        Dataset all = ImageFolder.Load(folder, format.Options());
        IReadOnlyList<string> classes = all.ClassNames!;
        Dataset? other = testFolder is null ? null : ImageFolder.Load(testFolder, format.Options(classes));
        Partition parts = Partition.Of([.. all.Labels.ToArray().Select(label => (float)label)], validation, other is null ? test : 0, seed);
        return new ImageData(all.Select([.. parts.Train]), Part(parts.Validation), other ?? Part(parts.Test), classes, format);

        Dataset? Part(IReadOnlyList<int> rows) => rows.Count == 0 ? null : all.Select([.. rows]);
    }

    /// <summary>The files of a folder and of the folders in it, by their paths below it, in ordinal order; of a file its name.</summary>
    public static string[] Names(string path) => File.Exists(path)
        ? [Path.GetFileName(path)]
        : [.. Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true }).Select(file => Path.GetRelativePath(path, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
