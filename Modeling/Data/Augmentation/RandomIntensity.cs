namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>Multiplies each channel by 1 + u and adds v, with u and v uniform within their bounds, the same at all pixels: contrast, brightness and colour.
/// Source: book section 7.4.</summary>
/// <param name="Contrast">The greatest |u|, at least 0.</param>
/// <param name="Brightness">The greatest |v|, at least 0.</param>
public sealed record RandomIntensity(double Contrast, double Brightness) : ImageAugmentation
{
    /// <summary>The greatest |u|, at least 0.</summary>
    public double Contrast { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Contrast);

    /// <summary>The greatest |v|, at least 0.</summary>
    public double Brightness { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Brightness);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        for (int channel = 0; channel < size.Channels; channel++)
        {
            double factor = 1.0 + random.NextUniform(-Contrast, Contrast);
            double offset = random.NextUniform(-Brightness, Brightness);
            for (int i = channel * size.Pixels; i < (channel + 1) * size.Pixels; i++)
                result[i] = (float)((image[i] * factor) + offset);
        }
    }
}
