namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>
/// Mirrors left and right (or top and bottom) with probability ½, for classes that stay what they are: "optical character recognition tasks require recognizing the difference
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

    /// <summary>Whether top and bottom are exchanged instead of left and right; false by default.</summary>
    public bool Vertical { get; init; }

    /// <inheritdoc/>
    public override void Check(DataLayout layout, ImageSize size)
    {
        foreach (long label in classes)
        {
            if (label >= layout.ClassCount || label < -1)
            {
                throw new ArgumentException(
                    $"{nameof(RandomFlip)} expects classes of the data, {(layout.HasLabels ? $"0 to {layout.ClassCount - 1}, or " : "")}−1 for images without a label, found {label}.",
                    nameof(layout));
            }
        }
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        image.CopyTo(result);
        if (!classes.Contains(label) || random.NextDouble() < 0.5)
            return;
        for (int row = 0; row < size.Channels * size.Height; row++)
        {
            if (Vertical)
                image.Slice(((row / size.Height * size.Height) + size.Height - 1 - (row % size.Height)) * size.Width, size.Width).CopyTo(result[(row * size.Width)..]);
            else
                result.Slice(row * size.Width, size.Width).Reverse();
        }
    }
}
