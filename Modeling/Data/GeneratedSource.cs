namespace Toolkit.Modeling.Data;

/// <summary>
/// Examples drawn from a generator, each seen once: a pass has the next ones, never one of before. The gradient of each minibatch is then an unbiased estimate of the
/// gradient of the generalization error itself, as long as no example is used again. Source: book section 8.1.3, equations 8.7 to 8.9.
/// </summary>
/// <remarks>Example i of epoch e follows from the seed and e·n + i alone, so a resumed training goes on with the examples that it would have seen. For a stream that is
/// read from a file once, use a <see cref="StreamSource"/> and one epoch.</remarks>
public sealed class GeneratedSource : IDataSource
{
    private readonly Func<RandomSource, Example> draw;
    private readonly ulong seed;

    /// <summary>A source of new examples.</summary>
    /// <param name="layout">The shape of one example.</param>
    /// <param name="examples">n: how many examples a pass has, at least 1.</param>
    /// <param name="draw">Draws an example. It may hand out the same buffers for each: they are copied.</param>
    /// <param name="seed">The seed of the random numbers.</param>
    public GeneratedSource(DataLayout layout, int examples, Func<RandomSource, Example> draw, ulong seed = 0)
    {
        Layout = layout;
        Examples = Settings.AtLeastOne(examples);
        this.draw = draw;
        this.seed = seed;
    }

    /// <summary>How many examples a pass has.</summary>
    public int Examples { get; }

    /// <inheritdoc/>
    public DataLayout Layout { get; }

    /// <inheritdoc/>
    public int? ExampleCount => Examples;

    /// <inheritdoc/>
    /// <exception cref="DataException">An example does not fit the layout, holds NaN or ∞, or its label is out of range.</exception>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0) =>
        // What is drawn anew needs no shuffling.
        new StreamSource(Layout, () => Draw(epoch)) { ExampleCount = Examples, ShuffleBuffer = 1 }.Batches(options, epoch);

    private IEnumerable<Example> Draw(long epoch)
    {
        RandomSource random = new RandomSource(seed).Fork("examples");
        for (long i = 0; i < Examples; i++)
            yield return draw(random.Fork((epoch * Examples) + i));
    }
}
