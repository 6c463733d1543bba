namespace Toolkit.Modeling.Data;

/// <summary>Puts examples of similar lengths together in batches.</summary>
internal static class Buckets
{
    private const int BatchesInStretch = 50;

    /// <summary>The order of a pass: stretches of 50 batches sorted by length (equal lengths stay in their order), the batches of each stretch in a random order; the last
    /// batch of all stays the last, as it may be smaller.</summary>
    /// <param name="order">The order before.</param>
    /// <param name="length">The length of an example.</param>
    /// <param name="size">How many examples a batch has.</param>
    /// <param name="random">Puts batches in an order; null to leave them sorted.</param>
    public static int[] Sort(int[] order, Func<int, int> length, int size, RandomSource? random)
    {
        var sorted = new List<int>(order.Length);
        foreach (int[] stretch in order.Chunk((int)Math.Min((long)BatchesInStretch * size, int.MaxValue)))
        {
            int[][] batches = [.. stretch.OrderBy(length).Chunk(size)];
            int full = batches[^1].Length == size ? batches.Length : batches.Length - 1;
            random?.Shuffle(batches.AsSpan(0, full));
            foreach (int[] batch in batches)
                sorted.AddRange(batch);
        }

        return [.. sorted];
    }

    /// <summary>The examples of a pass that are not in memory: each stretch of 50 batches is held and sorted, its batches come in a random order.</summary>
    /// <param name="pass">The batches of the pass, the last one too if it is not full.</param>
    /// <param name="layout">The shape of one example.</param>
    /// <param name="axis">The ragged axis.</param>
    /// <param name="options">Size of the batches, and whether one that is not full is left out.</param>
    /// <param name="random">Puts batches in an order; null to leave them sorted.</param>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static IEnumerable<Batch> Sorted(IEnumerable<Batch> pass, DataLayout layout, string axis, BatchOptions options, RandomSource? random)
    {
        if (!layout.Axes.Contains(axis))
            throw NoAxis(axis, layout);
        return Stretches();

        IEnumerable<Batch> Stretches()
        {
            var stretch = new Batch(layout, (int)Math.Min((long)BatchesInStretch * options.Size, int.MaxValue));
            foreach (Batch batch in pass)
            {
                for (int slot = 0; slot < batch.Count; slot++)
                {
                    stretch.Add(batch, slot);
                    if (stretch.Count < stretch.Capacity)
                        continue;
                    foreach (Batch sorted in Batches(stretch))
                        yield return sorted;
                    stretch.Clear();
                }
            }

            foreach (Batch sorted in Batches(stretch))
                yield return sorted;
        }

        IEnumerable<Batch> Batches(Batch stretch)
        {
            if (stretch.Count == 0)
                yield break;
            long[] lengths = stretch.LengthsOf(axis).Span<long>().ToArray();
            var batch = new Batch(layout, options.Size);
            foreach (int[] slots in Sort([.. Enumerable.Range(0, stretch.Count)], slot => (int)lengths[slot], options.Size, random).Chunk(options.Size))
            {
                if (slots.Length < options.Size && options.DropLast)
                    yield break;
                batch.Clear();
                foreach (int slot in slots)
                    batch.Add(stretch, slot);
                yield return batch;
            }
        }
    }

    /// <summary>The error of an axis that examples do not have.</summary>
    public static ArgumentException NoAxis(string axis, DataLayout layout) =>
        new($"Expected the symbol of a ragged axis to put examples together by, found \"{axis}\" for {layout}.", nameof(axis));
}
