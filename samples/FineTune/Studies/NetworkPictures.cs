using Toolkit.Modeling.Data;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>Pictures as a network for photographs takes them: in three channels of 0 to 255 less a mean, one after the other.</summary>
internal static class NetworkPictures
{
    private const int Channels = 3;

    // The mean of blue, green and red over ImageNet, in the order of the network.
    private static readonly float[] Means = [103.5f, 116.3f, 123.7f];

    /// <summary>The pictures at another size, between places by the nearest ones in proportion.</summary>
    /// <param name="pictures">Square pictures with numbers from 0 to 1: a number for each place, or red, green and blue.</param>
    /// <param name="size">Height and width of the result.</param>
    public static Dataset Of(Dataset pictures, int size)
    {
        float[] from = pictures.Features.ToArray();
        int length = from.Length / pictures.Count, side = (int)Math.Sqrt(length);
        int colors = side * side == length ? 1 : Channels;
        side = (int)Math.Sqrt(length / colors);
        var to = new float[pictures.Count * Channels * size * size];
        for (int n = 0; n < pictures.Count; n++)
        {
            ReadOnlySpan<float> picture = from.AsSpan(n * length, length);
            for (int channel = 0; channel < Channels; channel++)
            {
                ReadOnlySpan<float> color = picture[(colors == 1 ? 0 : Channels - 1 - channel)..];
                for (int y = 0; y < size; y++)
                {
                    for (int x = 0; x < size; x++)
                        to[(((((n * Channels) + channel) * size) + y) * size) + x] = (255 * At(color, side, colors, Place(y, size, side), Place(x, size, side))) - Means[channel];
                }
            }
        }

        return Dataset.FromLabels(to, [Channels, size, size], pictures.Labels.ToArray(), pictures.Layout.ClassCount);
    }

    private static double Place(int place, int size, int old) => Math.Clamp((((place + 0.5) * old) / size) - 0.5, 0, old - 1);

    private static float At(ReadOnlySpan<float> color, int width, int step, double y, double x)
    {
        (int top, int left) = ((int)y, (int)x);
        (int bottom, int right) = (Math.Min(top + 1, width - 1), Math.Min(left + 1, width - 1));
        (double down, double across) = (y - top, x - left);
        double upper = (color[((top * width) + left) * step] * (1 - across)) + (color[((top * width) + right) * step] * across);
        double lower = (color[((bottom * width) + left) * step] * (1 - across)) + (color[((bottom * width) + right) * step] * across);
        return (float)((upper * (1 - down)) + (lower * down));
    }
}
