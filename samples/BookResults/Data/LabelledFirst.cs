using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.BookResults.Data;

/// <summary>Batches of two parts, for semi-supervised training: labelled examples, drawn again and again, before others that carry −1.</summary>
internal sealed class LabelledFirst(Dataset labelled, Dataset others, int labelledSize, int steps) : IDataSource
{
    public DataLayout Layout => others.Layout;

    /// <summary>The size of a batch fixes the number of others in it.</summary>
    public int? ExampleCount => null;

    /// <summary>A pass has a fixed number of batches.</summary>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        RandomSource random = new RandomSource(options.ShuffleSeed ?? 0).Fork("labelled first").Fork(epoch);
        Turns first = new(labelled.Count, random.Fork("labelled")), rest = new(others.Count, random.Fork("others"));
        var batch = new Batch(Layout, options.Size);
        int length = Layout.FeatureLength;
        for (int step = 0; step < steps; step++)
        {
            batch.Clear();
            for (int i = 0; i < options.Size; i++)
            {
                (Dataset from, int row) = i < labelledSize ? (labelled, first.Next()) : (others, rest.Next());
                batch.Add(from.Features.Span.Slice(row * length, length), i < labelledSize ? labelled.Labels.Span[row] : -1, []);
            }

            yield return batch;
        }
    }

    /// <summary>Rows in a random order, and in another one when all have had their turn.</summary>
    private sealed class Turns(int count, RandomSource random)
    {
        private readonly int[] rows = [.. Enumerable.Range(0, count)];
        private int at = count;

        public int Next()
        {
            if (at == rows.Length)
            {
                random.Shuffle(rows.AsSpan());
                at = 0;
            }

            return rows[at++];
        }
    }
}
