using Toolkit.Imaging;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Imaging;

/// <summary>The numbers of pictures, whose pixels are written here or are known from their JPEG files.</summary>
public sealed class ImageFileTests : IDisposable
{
    /// <summary>32 × 16 pixels: on the left (200, 40, 60), on the right (30, 160, 220).</summary>
    private const string TwoColors =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/2wBDAQEBAQEBAQEBAQEBAQEBAQEBAQ" +
        "EBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wAARCAAQACADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAn/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QA" +
        "FgEBAQEAAAAAAAAAAAAAAAAACggL/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AmeAncnBTAAihmvv/2Q==";

    /// <summary>Six squares of 8 × 8: 10, 50 and 90 above 130, 170 and 210.</summary>
    private const string SixSquares =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wAALCAAQABgBAREA/8QAFQABAQAAAA" +
        "AAAAAAAAAAAAAACQr/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AITygFAKAUAoD//Z";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_picture_is_channels_of_rows_from_the_top()
    {
        string path = folder.Write("a.png", PngFile.Of(2, 2, 3, 0, 51, 102, 255, 204, 153, 10, 20, 30, 40, 50, 60));
        Close([0, 1, 10 / 255.0, 40 / 255.0, 0.2, 0.8, 20 / 255.0, 50 / 255.0, 0.4, 0.6, 30 / 255.0, 60 / 255.0], ImageFile.Read(path), 1e-7);
        Close([-3, 2, -3 + (5 * 10 / 255.0), -3 + (5 * 40 / 255.0)], ImageFile.Read(path, new() { Low = -3, High = 2 })[..4], 1e-6);
    }

    [Fact]
    public void Gray_is_the_luma_and_a_gray_picture_has_three_equal_channels()
    {
        string colored = folder.Write("a.png", PngFile.Of(1, 2, 3, 100, 150, 200, 255, 0, 0));
        Close([((29.9 + 88.05 + 22.8) / 255), 0.299], ImageFile.Read(colored, new() { Color = ImageColor.Gray }), 1e-6);
        string gray = folder.Write("b.png", PngFile.Of(1, 2, 1, 0, 204));
        Close([0, 0.8, 0, 0.8, 0, 0.8], ImageFile.Read(gray), 1e-7);
        Close([0, 0.8], ImageFile.Read(gray, new() { Color = ImageColor.Gray }), 1e-6);
    }

    [Fact]
    public void What_is_transparent_shows_white()
    {
        string path = folder.Write("a.png", PngFile.Of(1, 3, 4, 0, 0, 0, 0, 0, 0, 0, 255, 0, 100, 255, 51));
        Close([1, 0, 0.8, 1, 0, 0.8 + (0.2 * 100 / 255), 1, 0, 1], ImageFile.Read(path), 1e-6);
    }

    /// <summary>Twice as wide: the new centers lie at −¼, ¼, ¾ and 1¼ of the old ones. Half as wide: weights 1, 3, 3, 1 over four pixels, without those beyond the edge.</summary>
    [Fact]
    public void Another_size_is_interpolated_and_averaged()
    {
        string two = folder.Write("a.png", PngFile.Of(1, 2, 1, 0, 255)), four = folder.Write("b.png", PngFile.Of(1, 4, 1, 0, 255, 51, 102));
        ImageOptions Stretched(int height, int width) => new() { Height = height, Width = width, Fit = ImageFit.Stretch, Color = ImageColor.Gray };
        Close([0, 0.25, 0.75, 1], ImageFile.Read(two, Stretched(1, 4)), 1e-6);
        Close([0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1], ImageFile.Read(two, Stretched(2, 4)), 1e-6);
        Close([(0 + 3 + 0.2) / 7, (1 + (3 * 0.2) + (3 * 0.4)) / 7], ImageFile.Read(four, Stretched(1, 2)), 1e-6);
        string standing = folder.Write("c.png", PngFile.Of(4, 1, 1, 0, 255, 51, 102));
        Close([(0 + 3 + 0.2) / 7, (1 + (3 * 0.2) + (3 * 0.4)) / 7], ImageFile.Read(standing, Stretched(2, 1)), 1e-6);
    }

    [Fact]
    public void A_crop_keeps_the_middle_and_a_stretch_everything()
    {
        string wide = folder.Write("a.png", PngFile.Of(2, 6, 1, 255, 0, 51, 102, 0, 255, 255, 0, 153, 204, 0, 255));
        ImageOptions options = new() { Height = 2, Width = 2, Color = ImageColor.Gray };
        Close([0.2, 0.4, 0.6, 0.8], ImageFile.Read(wide, options), 1e-6);
        string high = folder.Write("b.png", PngFile.Of(4, 2, 1, 255, 255, 51, 102, 153, 204, 0, 0));
        Close([0.2, 0.4, 0.6, 0.8], ImageFile.Read(high, options), 1e-6);
        // Weights of three pixels for one: 1/3, 2/3, 1, 2/3, 1/3 around the middle one, without those beyond the edge.
        Close(
            [(2 + 0 + (2 * 0.2) + 0.4) / 8, (1 * 0.2 + (2 * 0.4) + 0 + 2) / 8],
            ImageFile.Read(wide, options with { Fit = ImageFit.Stretch })[..2],
            1e-6);
    }

    [Fact]
    public void A_photograph_has_its_colors()
    {
        float[] values = ImageFile.Read(folder.Write("a.jpg", Convert.FromBase64String(TwoColors)));
        double[] left = [200, 40, 60], right = [30, 160, 220];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int pixel = 0; pixel < 16 * 32; pixel++)
            {
                // Beside the border the color of both is mixed, as JPEG stores color at half the size.
                if (pixel % 32 is < 12 or > 19)
                    Assert.Equal((pixel % 32 < 16 ? left : right)[channel], 255 * values[(channel * 16 * 32) + pixel], 3.0);
            }
        }
    }

    [Theory]
    [InlineData(1, "10 50 90/130 170 210")]
    [InlineData(2, "90 50 10/210 170 130")]
    [InlineData(3, "210 170 130/90 50 10")]
    [InlineData(4, "130 170 210/10 50 90")]
    [InlineData(5, "10 130/50 170/90 210")]
    [InlineData(6, "130 10/170 50/210 90")]
    [InlineData(7, "210 90/170 50/130 10")]
    [InlineData(8, "90 210/50 170/10 130")]
    public void A_photograph_is_turned_as_the_camera_was_held(byte orientation, string expected)
    {
        byte[] plain = Convert.FromBase64String(SixSquares);
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        string[][] squares = [.. expected.Split('/').Select(row => row.Split(' '))];
        (int height, int width) = (8 * squares.Length, 8 * squares[0].Length);
        var options = new ImageOptions { Height = height, Width = width, Color = ImageColor.Gray, High = 255 };
        float[] values = ImageFile.Read(folder.Write("a.jpg", [.. plain[..2], .. exif, .. plain[2..]]), options);
        Close(Enumerable.Range(0, height * width).Select(i => double.Parse(squares[i / width / 8][i % width / 8], System.Globalization.CultureInfo.InvariantCulture)), values, 1.01);
    }

    [Fact]
    public void What_is_no_whole_picture_is_refused_by_name()
    {
        byte[] whole = PngFile.Of(40, 40, 3, [.. Enumerable.Range(0, 4800).Select(i => (byte)(i * i))]);
        string text = folder.Write("text.png", "no picture"), empty = folder.Write("empty.jpg", []), half = folder.Write("half.png", whole[..(whole.Length / 2)]);
        Assert.StartsWith($"'{text}': expected a picture", Assert.Throws<DataException>(() => ImageFile.Read(text)).Message, StringComparison.Ordinal);
        Assert.StartsWith($"'{empty}': expected a picture", Assert.Throws<DataException>(() => ImageFile.Read(empty)).Message, StringComparison.Ordinal);
        Assert.StartsWith($"'{half}': expected a whole picture, found a damaged one of 40 × 40", Assert.Throws<DataException>(() => ImageFile.Read(half)).Message, StringComparison.Ordinal);
        string vast = folder.Write("vast.png", PngFile.Of(20_000, 20_000, 1));
        Assert.StartsWith($"'{vast}': expected a picture of at most 100000000 pixels", Assert.Throws<DataException>(() => ImageFile.Read(vast)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => ImageFile.Read(folder.PathOf("none.png")));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Contains("at least 1 as Height, found 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ImageOptions { Height = 0 }).Message, StringComparison.Ordinal);
        Assert.Contains("at least 1 as Width, found -2", Assert.Throws<ArgumentOutOfRangeException>(() => new ImageOptions { Width = -2 }).Message, StringComparison.Ordinal);
        Assert.Contains("finite number as High", Assert.Throws<ArgumentOutOfRangeException>(() => new ImageOptions { High = float.NaN }).Message, StringComparison.Ordinal);
        string path = folder.Write("a.png", PngFile.Of(1, 1, 1, 7));
        Assert.Contains("found Height alone", Assert.Throws<ArgumentException>(() => ImageFile.Read(path, new() { Height = 3 })).Message, StringComparison.Ordinal);
    }

    private static void Close(IEnumerable<double> expected, float[] found, double tolerance)
    {
        double[] all = [.. expected];
        Assert.Equal(all.Length, found.Length);
        Assert.All(all.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
