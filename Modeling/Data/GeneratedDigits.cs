namespace Toolkit.Modeling.Data;

/// <summary>
/// Pictures of digits in the manner of handwriting, drawn on the spot: 28 × 28 pixels, 0 for paper to 1 for ink, for samples and tests
/// that must run without a download. They are no substitute for MNIST in a comparison.
/// </summary>
/// <remarks>Each picture takes one of a few forms of its digit, moves the points that the pen passes through, and varies slant,
/// turn (±15°), proportions, place, thickness, pressure, softness and darkness.</remarks>
public static class GeneratedDigits
{
    private const int Classes = 10;

    /// <summary>Draws digits. Ten pictures in a row hold each digit once, in random order. The pictures follow from the seed alone:
    /// the same on every platform, with any number of threads, and the first ones of a larger set are those of a smaller one.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">Different seeds give different pictures.</param>
    /// <returns>Features of shape [784], labels 0 to 9.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is not positive, or the pictures do not fit into one array.</exception>
    public static Dataset Create(int count, ulong seed)
    {
        const int Pixels = DigitRenderer.Size * DigitRenderer.Size;
        Settings.AtLeastOne(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / Pixels);
        float[] features = new float[count * Pixels];
        long[] labels = new long[count];
        RandomSource source = new RandomSource(seed).Fork("digits");
        ulong key = source.State.Key;
        int groups = (count + Classes - 1) / Classes;
        Parallel.For(
            0,
            groups,
            () => new DigitRenderer(),
            (group, _, renderer) =>
            {
                int first = group * Classes;
                var random = new RandomSource(key).Fork(group);
                int[] order = Permutation.Of(Classes, random);
                for (int i = 0; i < Math.Min(Classes, count - first); i++)
                {
                    labels[first + i] = order[i];
                    renderer.Draw(order[i], random.Fork(i), features.AsSpan((first + i) * Pixels, Pixels));
                }

                return renderer;
            },
            _ => { });
        return Dataset.FromLabels(features, [Pixels], labels, Classes);
    }
}
