using Toolkit.Modeling.Data;

namespace Toolkit.Imaging;

/// <summary>Reads one picture: PNG, JPEG, WebP, and what else SkiaSharp decodes.</summary>
public static class ImageFile
{
    /// <summary>The numbers of a picture, of [channels, height, width]: channel after channel, row after row from the top. Photographs are turned upright as their Exif orientation says, and what
    /// is transparent shows white. A picture of another size is resampled linearly, with an average over as many pixels as a new one covers where it becomes smaller. Colors are taken as they stand
    /// in the file, without a color profile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Size, channels and range; null for the defaults, with which the picture keeps its size.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">The file is no picture, a damaged one, or one of more than 100 million pixels.</exception>
    /// <exception cref="ArgumentException">The options have a height without a width, or the other way round.</exception>
    public static float[] Read(string path, ImageOptions? options = null)
    {
        options ??= new ImageOptions();
        return Read(path, options, options.Size).Values;
    }

    /// <summary>The numbers of a picture brought to a size, or with its own.</summary>
    internal static Picture Read(string path, ImageOptions options, (int Height, int Width)? size)
    {
        Picture picture = Picture.Read(path, options.Color);
        if (size is { } wanted && wanted != (picture.Height, picture.Width))
            picture = Resized(picture, wanted.Height, wanted.Width, options.Fit);
        for (int i = 0; i < picture.Values.Length; i++)
            picture.Values[i] = options.Low + ((options.High - options.Low) * (picture.Values[i] / 255));
        return picture;
    }

    private static Picture Resized(Picture picture, int height, int width, ImageFit fit)
    {
        (double rows, double columns) = (picture.Height, picture.Width);
        // The part of the picture that is seen has the ratio of the sides asked for.
        if (fit == ImageFit.Crop)
            (rows, columns) = (Math.Min(rows, columns * height / width), Math.Min(columns, rows * width / height));
        float[] narrow = new Resampling((picture.Width - columns) / 2, columns, picture.Width, width).Run(picture.Values, picture.Channels * picture.Height, inner: 1);
        float[] values = new Resampling((picture.Height - rows) / 2, rows, picture.Height, height).Run(narrow, picture.Channels, inner: width);
        return new Picture(picture.Channels, height, width, values);
    }
}
