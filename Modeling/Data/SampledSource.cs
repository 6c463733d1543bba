namespace Toolkit.Modeling.Data;

/// <summary>
/// Minibatches drawn otherwise than in a fresh order for each epoch, which is what <see cref="Dataset"/> gives to a shuffled training: in one order for all
/// epochs, or with replacement. Classes equally often: <see cref="BalancedSource"/>; examples seen once: <see cref="GeneratedSource"/>. Source: book section 8.1.3.
/// </summary>
/// <remarks>The order follows from the seed (and the epoch, with replacement); the shuffle seed of a training has no influence. Each example is as likely, and
/// takes its weight along.</remarks>
public sealed class SampledSource : IDataSource
{
    private readonly Dataset data;
    private readonly ulong seed;

    /// <summary>A view of a data set.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="sampling">How they are drawn.</param>
    /// <param name="seed">The seed of the draws.</param>
    public SampledSource(Dataset data, Sampling sampling, ulong seed = 0)
    {
        this.data = data;
        this.seed = seed;
        Sampling = sampling;
    }

    /// <summary>How the examples are drawn.</summary>
    public Sampling Sampling { get; }

    /// <inheritdoc/>
    public DataLayout Layout => data.Layout;

    /// <inheritdoc/>
    public int? ExampleCount => data.Count;

    /// <inheritdoc/>
    public IReadOnlyList<Column>? Columns => data.Columns;

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        if (Sampling == Sampling.FixedOrder)
        {
            RandomSource same = Permutation.Random(seed, 0);
            return data.InOrder(options, Permutation.Of(data.Count, same), same);
        }

        RandomSource random = new RandomSource(seed).Fork("with replacement").Fork(epoch);
        var order = new int[data.Count];
        for (int i = 0; i < order.Length; i++)
            order[i] = random.NextInt32(data.Count);
        return data.InOrder(options, order, random);
    }
}
