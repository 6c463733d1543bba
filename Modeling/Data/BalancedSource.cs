namespace Toolkit.Modeling.Data;

/// <summary>
/// Labelled examples drawn so that each class occurs equally often, up to one: a pass has as many examples as the data set, which take turns by class, each
/// class without replacement until it is used up and then in a new order. Rare classes repeat, common ones are seen in part. The order follows from seed and
/// epoch alone. Weights of examples keep their ratios within a class and have the mean 1 there, so that classes still count the same; examples of weight 0 are left
/// out. Source: minibatches chosen at random, book section 8.1.3, with the frequencies of classes changed.
/// </summary>
/// <remarks>Probabilities of a model that is trained on it are those of equally frequent classes. Do not evaluate on it.</remarks>
public sealed class BalancedSource : IDataSource
{
    private readonly Dataset data;
    private readonly int[][] rows;
    private readonly ulong seed;

    /// <summary>A balanced view of a data set.</summary>
    /// <param name="data">The examples; classes that do not occur are passed over, unlabelled examples and those of weight 0 left out.</param>
    /// <param name="seed">The seed of the orders.</param>
    /// <exception cref="ArgumentException">The examples have no labels.</exception>
    public BalancedSource(Dataset data, ulong seed = 0)
    {
        if (!data.Layout.HasLabels)
            throw new ArgumentException($"Expected examples with class labels, found {data.Layout}.", nameof(data));
        rows = [.. Enumerable.Range(0, data.Count).Where(row => data.Labels.Span[row] >= 0 && data.WeightOf(row) > 0f).GroupBy(row => data.Labels.Span[row]).OrderBy(g => g.Key).Select(g => g.ToArray())];
        if (rows.Length == 0)
            throw new ArgumentException("Expected at least one labelled example, found none.", nameof(data));
        this.data = data.Layout.HasWeights ? data.WithWeights(EvenWeights(data)) : data;
        this.seed = seed;
    }

    /// <summary>Weights whose mean within each class is 1.</summary>
    private float[] EvenWeights(Dataset weighted)
    {
        var even = new float[weighted.Count];
        foreach (int[] own in rows)
        {
            double mean = own.Average(row => (double)weighted.WeightOf(row));
            foreach (int row in own)
                even[row] = (float)(weighted.WeightOf(row) / mean);
        }

        return even;
    }

    /// <inheritdoc/>
    public DataLayout Layout => data.Layout;

    /// <inheritdoc/>
    public int? ExampleCount => data.Count;

    /// <inheritdoc/>
    public bool ForTrainingOnly => true;

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        RandomSource random = new RandomSource(seed).Fork("balanced").Fork(options.ShuffleSeed is { } shuffle ? (long)shuffle : 0).Fork(epoch);
        int[][] left = [.. rows.Select(own => (int[])own.Clone())];
        var used = new int[rows.Length];
        // Whoever comes first gets the odd example: the order of the classes changes with each pass.
        int[] turns = Permutation.Of(rows.Length, random);
        var order = new int[data.Count];
        for (int i = 0; i < order.Length; i++)
        {
            int group = turns[i % turns.Length], at = used[group]++ % left[group].Length;
            if (at == 0)
                random.Shuffle(left[group].AsSpan());
            order[i] = left[group][at];
        }

        // The turns are over: within the pass, classes come at random.
        if (options.ShuffleSeed is not null)
            random.Shuffle(order.AsSpan());
        return data.InOrder(options, order, random);
    }
}
