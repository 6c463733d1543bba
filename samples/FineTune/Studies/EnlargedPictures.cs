using Toolkit.Modeling.Data;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>Grey pictures as a network for photographs takes them: larger, in three channels of 0 to 255 less a mean.</summary>
internal static class EnlargedPictures
{
    private const int Channels = 3;

    // The mean of blue, green and red over ImageNet, in the order of the network.
    private static readonly float[] Means = [103.5f, 116.3f, 123.7f];

    /// <summary>The pictures at another size, between places by the nearest ones in proportion.</summary>
    /// <param name="pictures">Pictures of one channel with numbers from 0 to 1.</param>
    /// <param name="size">Height and width of the result.</param>
    public static Dataset Of(Dataset pictures, int size)
    {
        float[] from = pictures.Features.ToArray();
        int old = (int)Math.Sqrt(from.Length / pictures.Count);
        var to = new float[pictures.Count * Channels * size * size];
        for (int n = 0; n < pictures.Count; n++)
        {
            ReadOnlySpan<float> picture = from.AsSpan(n * old * old, old * old);
            for (int y = 0; y < size; y++)
            {
                for (int x = 0; x < size; x++)
                {
                    float grey = 255 * At(picture, old, Place(y, size, old), Place(x, size, old));
                    for (int channel = 0; channel < Channels; channel++)
                        to[(((((n * Channels) + channel) * size) + y) * size) + x] = grey - Means[channel];
                }
            }
        }

        return Dataset.FromLabels(to, [Channels, size, size], pictures.Labels.ToArray(), pictures.Layout.ClassCount);
    }

    private static double Place(int place, int size, int old) => Math.Clamp((((place + 0.5) * old) / size) - 0.5, 0, old - 1);

    private static float At(ReadOnlySpan<float> picture, int width, double y, double x)
    {
        (int top, int left) = ((int)y, (int)x);
        (int bottom, int right) = (Math.Min(top + 1, width - 1), Math.Min(left + 1, width - 1));
        (double down, double across) = (y - top, x - left);
        double upper = (picture[(top * width) + left] * (1 - across)) + (picture[(top * width) + right] * across);
        double lower = (picture[(bottom * width) + left] * (1 - across)) + (picture[(bottom * width) + right] * across);
        return (float)((upper * (1 - down)) + (lower * down));
    }
}
