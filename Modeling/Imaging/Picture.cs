using SkiaSharp;
using Toolkit.Modeling.Data;

namespace Toolkit.Imaging;

/// <summary>A decoded picture, upright: numbers from 0 to 255 of [channels, height, width].</summary>
/// <param name="Channels">The number of channels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Values">The numbers, channel after channel and row after row.</param>
internal sealed record Picture(int Channels, int Height, int Width, float[] Values)
{
    /// <summary>The most pixels that are decoded: a small file may claim to hold more than the memory does.</summary>
    private const long Largest = 100_000_000;

    /// <summary>Decodes a file. What is transparent shows white.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">The file is no picture, a damaged one, or one of more than 100 million pixels.</exception>
    public static Picture Read(string path, ImageColor color)
    {
        using var stream = new SKMemoryStream(File.ReadAllBytes(path));
        using SKCodec codec = SKCodec.Create(stream, out SKCodecResult opened);
        if (opened != SKCodecResult.Success)
            throw new DataException($"'{path}': expected a picture (PNG, JPEG, WebP), found something else.");
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > Largest)
            throw new DataException($"'{path}': expected a picture of at most {Largest} pixels, found {height} × {width}.");
        SKCodecResult result = codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), out byte[] pixels);
        return result == SKCodecResult.Success
            ? Of(pixels, height, width, codec.EncodedOrigin, color)
            : throw new DataException($"'{path}': expected a whole picture, found a damaged one of {height} × {width} pixels ({result}).");
    }

    /// <summary>The numbers of pixels that stand as red, green, blue, opacity, turned as the camera was held.</summary>
    private static Picture Of(byte[] pixels, int height, int width, SKEncodedOrigin origin, ImageColor color)
    {
        int channels = color == ImageColor.Gray ? 1 : 3;
        bool turned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        (int rows, int columns) = turned ? (width, height) : (height, width);
        var values = new float[channels * rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                (int y, int x) = Source(row, column, height, width, origin);
                ReadOnlySpan<byte> pixel = pixels.AsSpan(4 * ((y * width) + x), 4);
                float opacity = pixel[3] / 255f, white = 255f * (1 - opacity);
                (float red, float green, float blue) = ((opacity * pixel[0]) + white, (opacity * pixel[1]) + white, (opacity * pixel[2]) + white);
                int at = (row * columns) + column, plane = rows * columns;
                if (channels == 1)
                {
                    values[at] = (0.299f * red) + (0.587f * green) + (0.114f * blue);
                }
                else
                {
                    (values[at], values[at + plane], values[at + (2 * plane)]) = (red, green, blue);
                }
            }
        }

        return new Picture(channels, rows, columns, values);
    }

    /// <summary>Where a pixel of the upright picture stands in the file; the origin names the sides at which its first row and its first column are seen (Exif 2.3, tag 0x0112).</summary>
    private static (int Y, int X) Source(int row, int column, int height, int width, SKEncodedOrigin origin) => origin switch
    {
        SKEncodedOrigin.TopRight => (row, width - 1 - column),
        SKEncodedOrigin.BottomRight => (height - 1 - row, width - 1 - column),
        SKEncodedOrigin.BottomLeft => (height - 1 - row, column),
        SKEncodedOrigin.LeftTop => (column, row),
        SKEncodedOrigin.RightTop => (height - 1 - column, row),
        SKEncodedOrigin.RightBottom => (height - 1 - column, width - 1 - row),
        SKEncodedOrigin.LeftBottom => (column, width - 1 - row),
        _ => (row, column),
    };
}
