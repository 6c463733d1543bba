namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>
/// Images of another source, changed at random each time they are passed over. The changes follow from the seed, the epoch and the place in the pass
/// alone, so a resumed training sees the same images. Augment what is trained on, not what is tested on. Source: book section 7.4.
/// </summary>
public sealed class AugmentedSource : IDataSource
{
    private readonly IDataSource inner;
    private readonly ImageAugmentation[] augmentations;
    private readonly ImageSize size;
    private readonly ulong seed;

    /// <summary>A source of changed images.</summary>
    /// <param name="inner">The images, of shape [height, width] or [channels, height, width].</param>
    /// <param name="seed">The seed of the changes.</param>
    /// <param name="augmentations">The changes, one after the other; at least one.</param>
    /// <exception cref="ArgumentException">The examples are not images, or there are no changes.</exception>
    public AugmentedSource(IDataSource inner, ulong seed, params ReadOnlySpan<ImageAugmentation> augmentations)
    {
        if (augmentations.IsEmpty)
            throw new ArgumentException("Expected at least one augmentation, found none.", nameof(augmentations));
        IReadOnlyList<int> shape = inner.Layout.FeatureShape;
        size = shape.Count switch
        {
            2 => new ImageSize(1, shape[0], shape[1]),
            3 => new ImageSize(shape[0], shape[1], shape[2]),
            _ => throw new ArgumentException(
                $"Expected images of shape [height, width] or [channels, height, width], found [{string.Join(", ", shape)}]: give them a shape with " +
                $"{nameof(Dataset)}.{nameof(Dataset.Reshape)}.",
                nameof(inner)),
        };
        this.inner = inner;
        this.seed = seed;
        this.augmentations = augmentations.ToArray();
    }

    /// <inheritdoc/>
    public DataLayout Layout => inner.Layout;

    /// <inheritdoc/>
    public int? ExampleCount => inner.ExampleCount;

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        RandomSource pass = new RandomSource(seed).Fork("augmentation").Fork(epoch);
        Batch? changed = null;
        long place = 0;
        foreach (Batch batch in inner.Batches(options, epoch))
        {
            changed ??= new Batch(Layout, batch.Capacity);
            changed.Clear();
            for (int i = 0; i < batch.Count; i++)
                Change(batch, i, changed, pass.Fork(place++));
            yield return changed;
        }
    }

    private void Change(Batch from, int slot, Batch to, RandomSource random)
    {
        int length = Layout.FeatureLength;
        long label = Layout.HasLabels ? from.Labels[slot] : -1;
        float[] image = from.Features.Span<float>().Slice(slot * length, length).ToArray(), next = new float[length];
        foreach (ImageAugmentation augmentation in augmentations)
        {
            augmentation.Apply(image, next, size, label, random);
            (image, next) = (next, image);
        }

        to.Add(image, label, Layout.HasLabels ? [] : from.Target.Span<float>().Slice(slot * Layout.TargetLength, Layout.TargetLength));
    }
}
