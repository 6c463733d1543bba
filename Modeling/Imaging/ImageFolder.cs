using Toolkit.Modeling.Data;

namespace Toolkit.Imaging;

/// <summary>A data set from a folder of pictures, with a folder for each class: <c>flowers/rose/1.jpg</c>, <c>flowers/tulip/a.png</c>, ….</summary>
public static class ImageFolder
{
    /// <summary>Loads every picture, of [channels, height, width], with the name of its folder as class: classes in ordinal order, and in each the files in ordinal order of their names. Hidden files
    /// are passed over. See <see cref="ImageFile.Read(string, ImageOptions?)"/> for the numbers.</summary>
    /// <param name="folder">The folder with the folders of the classes.</param>
    /// <param name="options">Size, channels, range and classes; null for the defaults, with which all pictures must have one size.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataException">There are no classes, one is empty or not among those of the options, a picture stands outside the folders of classes, a file is no picture or a damaged one, or has
    /// another size where the options have none, or all are more numbers than an array holds.</exception>
    /// <exception cref="ArgumentException">The options have a height without a width, or the other way round.</exception>
    public static Dataset Load(string folder, ImageOptions? options = null)
    {
        options ??= new ImageOptions();
        (string[] classes, (string Path, int Label)[] files) = Files(folder, options.Classes);
        (int height, int width) = options.Size ?? SizeOf(files[0].Path, options);
        int length = options.Channels * height * width;
        if ((long)length * files.Length > Array.MaxLength)
            throw new DataException($"'{folder}': expected at most {Array.MaxLength} numbers, found {files.Length} pictures of {options.Channels} × {height} × {width}; ask for a smaller size.");
        var features = new float[length * files.Length];
        var failures = new DataException?[files.Length];
        // After a failure, what stands before it is still read: the first of them is reported, whichever thread was faster.
        Parallel.For(0, files.Length, (i, state) =>
        {
            try
            {
                Picture picture = ImageFile.Read(files[i].Path, options, options.Size);
                if ((picture.Height, picture.Width) != (height, width))
                    throw new DataException($"'{files[i].Path}': expected {height} × {width} pixels, as the first picture has, found {picture.Height} × {picture.Width}; set {nameof(ImageOptions.Height)} and {nameof(ImageOptions.Width)}.");
                picture.Values.CopyTo(features, i * length);
            }
            catch (DataException failure)
            {
                failures[i] = failure;
                state.Break();
            }
        });
        return Array.Find(failures, failure => failure is not null) is { } first
            ? throw first
            : Dataset.FromLabels(features, [options.Channels, height, width], [.. files.Select(file => (long)file.Label)], classes.Length, classes);
    }

    private static (int Height, int Width) SizeOf(string path, ImageOptions options)
    {
        Picture first = Picture.Read(path, options.Color);
        return (first.Height, first.Width);
    }

    private static (string[] Classes, (string Path, int Label)[] Files) Files(string folder, IReadOnlyList<string>? classes)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{Path.GetFullPath(folder)}' to load pictures from.");
        var visible = new EnumerationOptions();
        if (Directory.EnumerateFiles(folder, "*", visible).Order(StringComparer.Ordinal).FirstOrDefault() is { } stray)
            throw new DataException($"'{stray}': expected a folder for each class and pictures in them, found a file beside the folders.");
        string[] found = [.. Directory.EnumerateDirectories(folder, "*", visible).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (found.Length == 0)
            throw new DataException($"'{folder}': expected a folder for each class, found none.");
        string[] names = classes is null ? found : [.. classes];
        if (Array.Find(found, name => !names.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw new DataException($"'{Path.Combine(folder, unknown)}': expected folders named after the classes {string.Join(", ", names)}.");
        return (names, [.. found.SelectMany(name => FilesOf(Path.Combine(folder, name), visible).Select(path => (path, Array.IndexOf(names, name))))]);
    }

    private static string[] FilesOf(string folder, EnumerationOptions visible)
    {
        if (Directory.EnumerateDirectories(folder, "*", visible).Order(StringComparer.Ordinal).FirstOrDefault() is { } inner)
            throw new DataException($"'{inner}': expected pictures in the folder of a class, found a folder.");
        string[] files = [.. Directory.EnumerateFiles(folder, "*", visible).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new DataException($"'{folder}': expected pictures in the folder of a class, found none.");
    }
}
