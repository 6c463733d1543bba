namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>
/// A window at a random place, with between <paramref name="LeastShare"/> and all of the area (uniform) and the proportions of the image, brought to the size of the image by bilinear
/// interpolation: what an object is does not depend on how much of the picture it fills. Small shares can cut the object away. With a share of 1 the image stays
/// bit for bit as it is. Source: book section 7.4; Szegedy et al., "Going deeper with convolutions", 2014. For windows of the same size with a margin,
/// <see cref="RandomAffine"/> shifts by whole pixels.
/// </summary>
/// <param name="LeastShare">The least share of the area, above 0 and at most 1.</param>
public sealed record RandomCrop(double LeastShare) : ImageAugmentation
{
    /// <summary>The least share of the area, above 0 and at most 1.</summary>
    public double LeastShare { get; init => field = Settings.PositiveShare(value); } = Settings.PositiveShare(LeastShare);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        double side = Math.Sqrt(random.NextUniform(LeastShare, 1.0));
        double top = random.NextUniform(0.0, (1.0 - side) * size.Height), left = random.NextUniform(0.0, (1.0 - side) * size.Width);
        for (int i = 0; i < size.Pixels; i++)
        {
            // Middles of pixels go to middles of pixels; beyond the middles of the outermost ones there is nothing to interpolate with.
            double row = Math.Clamp(top + (((i / size.Width) + 0.5) * side) - 0.5, 0.0, size.Height - 1);
            double column = Math.Clamp(left + (((i % size.Width) + 0.5) * side) - 0.5, 0.0, size.Width - 1);
            for (int channel = 0; channel < size.Channels; channel++)
                result[(channel * size.Pixels) + i] = At(image.Slice(channel * size.Pixels, size.Pixels), size, row, column);
        }
    }
}
