namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>A random change of an image that leaves its class as it is. Source: book section 7.4.</summary>
/// <remarks>One of your own is a <c>record</c>, as all of them are: from a class, C# says "Only records may inherit from records" (CS8865).</remarks>
public abstract record ImageAugmentation
{
    /// <summary>Changes an image.</summary>
    /// <param name="image">The image, [channels, height, width] in row-major order.</param>
    /// <param name="result">Receives the changed image, of the same size.</param>
    /// <param name="size">Channels, height and width.</param>
    /// <param name="label">The label of the image; −1 if it has none.</param>
    /// <param name="random">The random numbers of this image.</param>
    public abstract void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random);

    /// <summary>Refuses examples that the change does not go with, with the reason; by default it goes with all.</summary>
    /// <param name="layout">The shape of an example, and its classes.</param>
    /// <param name="size">Channels, height and width.</param>
    /// <exception cref="ArgumentException">It does not go with such examples.</exception>
    public virtual void Check(DataLayout layout, ImageSize size)
    {
    }

    /// <summary>The image at a place between pixels, by bilinear interpolation; outside it is 0.</summary>
    private protected static float At(ReadOnlySpan<float> plane, ImageSize size, double row, double column)
    {
        int top = (int)Math.Floor(row), left = (int)Math.Floor(column);
        double down = row - top, right = column - left;
        return (float)(((1 - down) * (((1 - right) * Pixel(plane, size, top, left)) + (right * Pixel(plane, size, top, left + 1)))) +
            (down * (((1 - right) * Pixel(plane, size, top + 1, left)) + (right * Pixel(plane, size, top + 1, left + 1)))));
    }

    private static float Pixel(ReadOnlySpan<float> plane, ImageSize size, int row, int column) =>
        row >= 0 && row < size.Height && column >= 0 && column < size.Width ? plane[(row * size.Width) + column] : 0f;
}
