using System.IO.Hashing;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>The pieces of batches: examples ⌊n·s/S⌋ to ⌊n·(s + 1)/S⌋ of n are piece s of S, so pieces of small batches may be empty. Memory is used again.</summary>
/// <param name="layout">The shape of an example.</param>
/// <param name="count">S.</param>
internal sealed class Shards(DataLayout layout, int count)
{
    // One for each size that occurs, a full batch has two, and a last one two more; and for each place.
    private readonly Dictionary<(int Size, int Place), Batch> known = [];

    /// <summary>A piece of a batch; null if it is empty. The next one of the same size and place is written over it.</summary>
    public Batch? Of(Batch batch, int shard, int place = 0)
    {
        (int start, int end) = Bounds(batch, shard);
        int size = end - start;
        if (size == 0)
            return null;
        if (!known.TryGetValue((size, place), out Batch? piece))
            known.Add((size, place), piece = new Batch(layout, size));
        piece.Clear();
        for (int slot = start; slot < end; slot++)
            piece.Add(batch, slot);
        return piece;
    }

    /// <summary>The Σ w of a piece.</summary>
    public double Weight(Batch batch, int shard)
    {
        (int start, int end) = Bounds(batch, shard);
        double sum = 0.0;
        for (int slot = start; slot < end; slot++)
            sum += batch.WeightOf(slot);
        return sum;
    }

    /// <summary>A checksum of the examples of a batch and their order, of so many bits that a sum of them over processes is exact in float64.</summary>
    public static long Checksum(Batch batch)
    {
        ulong hash = (ulong)batch.Count;
        foreach (Field field in batch.Layout.Fields)
        {
            for (int slot = 0; slot < batch.Count; slot++)
                hash = XxHash3.HashToUInt64(batch.Row(field.Name, slot), (long)hash);
        }

        return (long)(hash >> 24);
    }

    private (int Start, int End) Bounds(Batch batch, int shard) =>
        ((int)((long)batch.Count * shard / count), (int)((long)batch.Count * (shard + 1) / count));
}
