namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>
/// Mirrors left and right with probability ½, for classes that stay what they are: "optical character recognition tasks require recognizing the difference
/// between b and d". So the classes must be named. Source: book section 7.4.
/// </summary>
public sealed record RandomFlip : ImageAugmentation
{
    private readonly HashSet<long> classes;

    /// <summary>A flip of some classes.</summary>
    /// <param name="classes">The labels whose images may be mirrored; −1 for images without one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public RandomFlip(params ReadOnlySpan<long> classes)
    {
        if (classes.IsEmpty)
            throw new ArgumentException("Expected the classes that keep their meaning when mirrored, found none.", nameof(classes));
        this.classes = [.. classes];
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        image.CopyTo(result);
        if (!classes.Contains(label) || random.NextDouble() < 0.5)
            return;
        for (int row = 0; row < size.Channels * size.Height; row++)
            result.Slice(row * size.Width, size.Width).Reverse();
    }
}
