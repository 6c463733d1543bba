using System.Numerics;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Mpi;

/// <summary>Sums numbers whose sum is known, before anything depends on it: an MPI that is set up wrongly has been seen to give other numbers.</summary>
internal static class KnownSum
{
    // Long enough that messages go the way of long ones, beyond what fits into one packet.
    private const int Length = 100_003;

    /// <summary>Checks a group.</summary>
    /// <exception cref="MpiException">A sum is wrong.</exception>
    public static void Check(IProcessGroup group)
    {
        if (!BitOperations.IsPow2(group.Size))
        {
            group.Barrier(new Purpose("start"));
            return;
        }

        var numbers = new double[Length];
        for (int i = 0; i < Length; i++)
            numbers[i] = i + group.Rank;
        group.Sum(numbers.AsSpan(), new double[(Length + 1) / 2], new Purpose("known sum at the start"));
        double ranks = group.Size * (group.Size - 1.0) / 2.0;
        for (int i = 0; i < Length; i++)
        {
            if (numbers[i] != ((double)i * group.Size) + ranks)
                throw new MpiException($"Expected the sum {((double)i * group.Size) + ranks} over {group.Size} processes at {i}, found {numbers[i]} in rank {group.Rank}: this MPI gives wrong results.");
        }
    }
}
