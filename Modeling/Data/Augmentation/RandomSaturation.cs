namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>
/// Draws the colour of each pixel toward its grey or away from it: x ← g + (1 + u)(x − g) with g = 0.299 r + 0.587 g + 0.114 b, u uniform within its bound and the
/// same at all pixels; u = −1 leaves a grey image. For images of three channels, red, green and blue. Source: book section 7.4; weights of ITU-R BT.601.
/// </summary>
/// <param name="Strength">The greatest |u|, at least 0.</param>
public sealed record RandomSaturation(double Strength) : ImageAugmentation
{
    /// <summary>The greatest |u|, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override void Check(DataLayout layout, ImageSize size)
    {
        if (size.Channels != 3)
            throw new ArgumentException($"{nameof(RandomSaturation)} expects images of three channels (red, green, blue), found {size.Channels}.", nameof(size));
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        double factor = 1.0 + random.NextUniform(-Strength, Strength);
        for (int i = 0; i < size.Pixels; i++)
        {
            double grey = (0.299 * image[i]) + (0.587 * image[i + size.Pixels]) + (0.114 * image[i + (2 * size.Pixels)]);
            for (int channel = 0; channel < 3; channel++)
            {
                int at = i + (channel * size.Pixels);
                result[at] = (float)(grey + (factor * (image[at] - grey)));
            }
        }
    }
}
