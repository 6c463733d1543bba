using System.Runtime.ExceptionServices;
using Toolkit.Autograd.Tensors;

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
    /// <exception cref="ArgumentException">The examples are not images, there are no changes, or one does not go with such images.</exception>
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
        foreach (ImageAugmentation augmentation in augmentations)
            augmentation.Check(Layout, size);
    }

    /// <inheritdoc/>
    public DataLayout Layout => inner.Layout;

    /// <inheritdoc/>
    public int? ExampleCount => inner.ExampleCount;

    /// <inheritdoc/>
    public bool ForTrainingOnly => true;

    /// <summary>How many threads change the images of a batch, at least 1 (the default); the result is the same for any number. To change them while training
    /// works on the batch before, wrap the source in a <see cref="PrefetchedSource"/>.</summary>
    public int Threads { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        RandomSource pass = new RandomSource(seed).Fork("augmentation").Fork(epoch);
        Batch? changed = null;
        long place = 0;
        foreach (Batch batch in inner.Batches(options, epoch))
        {
            changed ??= new Batch(Layout, batch.Capacity);
            Change(batch, changed, i => pass.Fork(place + i));
            place += batch.Count;
            yield return changed;
        }
    }

    private void Change(Batch from, Batch to, Func<int, RandomSource> random)
    {
        // Asked for once: an incomplete batch makes its values when it is first asked.
        (Value features, Value target, int count) = (from.Features, from.Target, from.Count);
        to.Open(count);
        if (Threads == 1)
        {
            for (int i = 0; i < count; i++)
                Change(features, target, i, to, from.WeightOf(i), random(i));
            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Threads }, i => Change(features, target, i, to, from.WeightOf(i), random(i)));
        }
        catch (AggregateException e)
        {
            // The same exception as with one thread.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void Change(Value features, Value target, int slot, Batch to, float weight, RandomSource random)
    {
        int length = Layout.FeatureLength;
        long label = Layout.HasLabels ? target.Span<long>()[slot] : -1;
        float[] image = features.Span<float>().Slice(slot * length, length).ToArray(), next = new float[length];
        foreach (ImageAugmentation augmentation in augmentations)
        {
            augmentation.Apply(image, next, size, label, random);
            (image, next) = (next, image);
        }

        to.Set(slot, image, label, Layout.HasLabels ? [] : target.Span<float>().Slice(slot * Layout.TargetLength, Layout.TargetLength), weight);
    }
}
