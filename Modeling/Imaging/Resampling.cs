namespace Toolkit.Imaging;

/// <summary>
/// Linear interpolation along one side, over as many pixels as a new one covers where the side becomes shorter, so that nothing is passed over: new pixel i is the mean of the old ones around
/// c = (i + ½)·s + start, s = old/new, with weights max(0, 1 − |j + ½ − c| / max(1, s)) for old pixel j, scaled to a sum of 1.
/// </summary>
/// <param name="start">Where the first new pixel begins, in old pixels.</param>
/// <param name="length">How many old pixels the new ones cover.</param>
/// <param name="old">The old pixels of the side.</param>
/// <param name="count">The new ones.</param>
internal sealed class Resampling(double start, double length, int old, int count)
{
    /// <summary>Resamples lines of a side: element j of line (o, i) is at o·old·inner + j·inner + i.</summary>
    public float[] Run(float[] values, int outer, int inner)
    {
        var result = new float[outer * count * inner];
        for (int i = 0; i < count; i++)
        {
            (int first, float[] weights) = Weights(i);
            for (int o = 0; o < outer; o++)
            {
                Span<float> line = result.AsSpan(((o * count) + i) * inner, inner);
                for (int j = 0; j < weights.Length; j++)
                {
                    ReadOnlySpan<float> source = values.AsSpan(((o * old) + first + j) * inner, inner);
                    for (int k = 0; k < inner; k++)
                        line[k] += weights[j] * source[k];
                }
            }
        }

        return result;
    }

    private (int First, float[] Weights) Weights(int i)
    {
        double scale = length / count, reach = Math.Max(1, scale), center = ((i + 0.5) * scale) + start;
        int first = Math.Max(0, (int)Math.Floor(center - reach)), last = Math.Min(old - 1, (int)Math.Floor(center + reach));
        double[] weights = [.. Enumerable.Range(first, last - first + 1).Select(j => Math.Max(0, 1 - (Math.Abs(j + 0.5 - center) / reach)))];
        double sum = weights.Sum();
        return (first, Array.ConvertAll(weights, weight => (float)(weight / sum)));
    }
}
