namespace Toolkit.Modeling.Data;

/// <summary>The order of the examples of an epoch: a function of the seed and the epoch alone.</summary>
internal static class Permutation
{
    /// <summary>The random numbers that belong to an epoch.</summary>
    public static RandomSource Random(ulong seed, long epoch) => new RandomSource(seed).Fork("shuffle").Fork(epoch);

    /// <summary>A uniformly random order of the numbers 0 to count − 1.</summary>
    public static int[] Of(int count, RandomSource random)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
            order[i] = i;
        random.Shuffle(order.AsSpan());
        return order;
    }
}
