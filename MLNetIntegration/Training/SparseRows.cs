using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Rows in memory without the zeros of their features, as hashed text and one-hot columns leave most at 0; they become dense in a batch.</summary>
internal sealed class SparseRows : IDataSource
{
    /// <summary>The bytes that any row takes: two arrays and what refers to them.</summary>
    public const int LeastBytes = 128;

    /// <summary>The bytes of a number that is not 0, with its column.</summary>
    public const int NumberBytes = sizeof(int) + sizeof(float);

    private const int Sample = 256;

    private readonly List<(int[] Columns, Example Own)> rows;
    private readonly int[] order;
    private Batch? used;

    private SparseRows(DataLayout layout, List<(int[] Columns, Example Own)> rows, int[] order, long bytes) =>
        (Layout, this.rows, this.order, Bytes) = (layout, rows, order, bytes);

    /// <inheritdoc/>
    public DataLayout Layout { get; }

    /// <inheritdoc/>
    public int? ExampleCount => order.Length;

    /// <summary>About how many bytes the rows take.</summary>
    public long Bytes { get; }

    /// <summary>Copies rows, about as many as <paramref name="count"/>; null as soon as it shows that they take more than the budget.</summary>
    public static SparseRows? Read(DataLayout layout, IEnumerable<Example> examples, int count, long budget)
    {
        var rows = new List<(int[], Example)>();
        long bytes = 0;
        foreach (Example example in examples)
        {
            ReadOnlySpan<float> features = example.Features.Span;
            int[] columns = NonZeros(features);
            var values = new float[columns.Length];
            for (int i = 0; i < columns.Length; i++)
            {
                values[i] = features[columns[i]];
            }

            bytes += LeastBytes + (columns.Length * NumberBytes) + (example.Target.Length * sizeof(float));
            Example own = layout.HasLabels ? new Example(values, example.Label) : new Example(values, example.Target.ToArray());
            rows.Add((columns, own with { Weight = example.Weight }));
            if (bytes > budget || (rows.Count == Sample && bytes / Sample * count > budget))
            {
                return null;
            }
        }

        return new SparseRows(layout, rows, [.. Enumerable.Range(0, rows.Count)], bytes);
    }

    /// <summary>Some of the rows, not copied.</summary>
    public SparseRows Part(int[] part) => new(Layout, rows, part, Bytes);

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        int[] pass = [.. order];
        if (options.ShuffleSeed is { } seed)
        {
            new RandomSource(seed).Fork("shuffle").Fork(epoch).Shuffle(pass.AsSpan());
        }

        // The memory of the pass before, unless that still runs, or has ended early.
        Batch? last = Interlocked.Exchange(ref used, null);
        Batch batch = last?.Capacity == options.Size ? last : new Batch(Layout, options.Size);
        batch.Clear();
        var features = new float[Layout.FeatureLength];
        foreach (int row in pass)
        {
            (int[] columns, Example own) = rows[row];
            Array.Clear(features);
            for (int i = 0; i < columns.Length; i++)
            {
                features[columns[i]] = own.Features.Span[i];
            }

            batch.Add(features, own.Label, own.Target.Span, own.Weight);
            if (batch.Count == batch.Capacity)
            {
                yield return batch;
                batch.Clear();
            }
        }

        if (batch.Count > 0 && !options.DropLast)
        {
            yield return batch;
        }

        used = batch;
    }

    private static int[] NonZeros(ReadOnlySpan<float> features)
    {
        var found = new List<int>();
        for (int at = features.IndexOfAnyExcept(0f); at >= 0;)
        {
            found.Add(at);
            int next = features[(at + 1)..].IndexOfAnyExcept(0f);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return [.. found];
    }
}
