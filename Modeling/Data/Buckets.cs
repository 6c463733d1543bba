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
}
