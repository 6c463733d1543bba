using Toolkit.Imaging;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Imaging;

/// <summary>Data sets from folders of pictures.</summary>
public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Classes_and_files_stand_in_ordinal_order()
    {
        Write("b", "2.png", 10);
        Write("b", "10.png", 20);
        Write("a", "z.png", 30);
        Write("B", "x.png", 40);
        Write("b", ".hidden", 50);
        Dataset data = ImageFolder.Load(folder.Path, new() { Color = ImageColor.Gray, High = 255 });
        Assert.Equal(["B", "a", "b"], data.ClassNames);
        Assert.Equal([0L, 1, 2, 2], data.Labels.ToArray());
        Assert.Equal([1, 1, 2], data.Layout.FeatureShape);
        Assert.Equal([40f, 41, 30, 31, 20, 21, 10, 11], data.Features.ToArray().Select(value => MathF.Round(value)));
    }

    [Fact]
    public void The_classes_of_a_model_give_the_labels()
    {
        Write("dog", "1.png", 10);
        var options = new ImageOptions { Color = ImageColor.Gray, Classes = ["dog", "cat", "cow"] };
        Dataset data = ImageFolder.Load(folder.Path, options);
        Assert.Equal([0L], data.Labels.ToArray());
        Assert.Equal(options.Classes, data.ClassNames);
        Write("cart", "1.png", 10);
        Refused("expected folders named after the classes dog, cat, cow", "cart", options);
    }

    [Fact]
    public void A_folder_that_is_none_of_classes_is_refused_by_name()
    {
        Refused("expected a folder for each class, found none", folder.Path);
        Write("a", "1.png", 10);
        Directory.CreateDirectory(folder.PathOf("empty"));
        Refused("expected pictures in the folder of a class, found none", "empty");
        Directory.CreateDirectory(folder.PathOf("empty/inner"));
        Refused("expected pictures in the folder of a class, found a folder", "empty/inner");
        Directory.Delete(folder.PathOf("empty"), recursive: true);
        folder.Write("stray.png", PngFile.Of(1, 2, 1, 3, 4));
        Refused("found a file beside the folders", "stray.png");
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Load(folder.PathOf("none")));
    }

    [Fact]
    public void The_first_file_that_cannot_be_read_is_named()
    {
        for (int i = 100; i < 180; i++)
            Write("a", $"{i}.png", (byte)i);
        Write("a", "150.png", 1, width: 3);
        folder.Write("a/160.png", "no picture");
        Refused("expected 1 × 2 pixels, as the first picture has, found 1 × 3", "a/150.png");
        Refused("expected a picture (PNG, JPEG, WebP)", "a/160.png", new() { Height = 1, Width = 2 });
    }

    private void Refused(string expected, string name, ImageOptions? options = null)
    {
        string message = Assert.Throws<DataException>(() => ImageFolder.Load(folder.Path, options)).Message;
        Assert.StartsWith($"'{Path.Combine(folder.Path, name)}'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    /// <summary>A grey picture of one row that begins with a number and goes up by one.</summary>
    private void Write(string @class, string name, byte first, int width = 2)
    {
        Directory.CreateDirectory(folder.PathOf(@class));
        folder.Write($"{@class}/{name}", PngFile.Of(1, width, 1, [.. Enumerable.Range(first, width).Select(value => (byte)value)]));
    }
}
