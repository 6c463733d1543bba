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

    /// <summary>Whether u and v are the same for all channels, so that light changes but colour does not; false by default.</summary>
    public bool Together { get; init; }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        double factor = 0.0, offset = 0.0;
        for (int channel = 0; channel < size.Channels; channel++)
        {
            if (channel == 0 || !Together)
            {
                factor = 1.0 + random.NextUniform(-Contrast, Contrast);
                offset = random.NextUniform(-Brightness, Brightness);
            }

            for (int i = channel * size.Pixels; i < (channel + 1) * size.Pixels; i++)
                result[i] = (float)((image[i] * factor) + offset);
        }
    }
}
