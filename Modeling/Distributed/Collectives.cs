using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Toolkit.Modeling.Distributed;

/// <summary>What all processes of a group do together. Each call is made by all of them, with spans of the same length.</summary>
public static class Collectives
{
    /// <summary>
    /// The sum over all processes, element by element, in place. The numbers are added by a fixed binary tree: ranks 0 and 1, 2 and 3, …, then these sums by pairs, and so on. So every
    /// process gets the same bits, and those of a sum of twice as many halves, summed by pairs before.
    /// </summary>
    /// <remarks>Recursive halving, then recursive doubling (Rabenseifner 2004): 2·log₂ Size exchanges and 2·(1 − 1/Size) times the bytes of the values are sent and received by each
    /// process, as many bytes as by a ring. The tree costs no more than a sum without an order.</remarks>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="group">The processes; their number a power of two.</param>
    /// <param name="values">The numbers of this process, then the sums.</param>
    /// <param name="scratch">Memory for half of the values, rounded up.</param>
    /// <param name="purpose">What is summed.</param>
    /// <exception cref="ArgumentException">The number of processes is no power of two, or there is too little memory.</exception>
    public static void Sum<T>(this IProcessGroup group, Span<T> values, Span<T> scratch, Purpose purpose)
        where T : unmanaged, INumber<T>
    {
        if (!BitOperations.IsPow2(group.Size))
            throw new ArgumentException($"Expected a number of processes that is a power of two, found {group.Size}.", nameof(group));
        if (scratch.Length < (values.Length + 1) / 2)
            throw new ArgumentException($"Expected memory for {(values.Length + 1) / 2} numbers, found {scratch.Length}.", nameof(scratch));

        // In each round a pair of processes shares the stretch that both hold; each keeps one half.
        int rounds = BitOperations.Log2((uint)group.Size), round = purpose.Round;
        Span<Range> held = stackalloc Range[rounds + 1];
        held[0] = ..values.Length;
        for (int r = 0; r < rounds; r++)
        {
            (Range kept, Range given) = Halves(group, held[r], r);
            Span<T> own = values[kept], other = scratch[..own.Length];
            Swap(group, r, values[given], other, purpose with { Round = round++ });
            if (IsLower(group, r))
                TensorPrimitives.Add(own, other, own);
            else
                TensorPrimitives.Add(other, own, own);
            held[r + 1] = kept;
        }

        for (int r = rounds - 1; r >= 0; r--)
        {
            (Range kept, Range given) = Halves(group, held[r], r);
            Swap(group, r, values[kept], values[given], purpose with { Round = round++ });
        }
    }

    /// <summary>Gives the bytes of one process to all.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="values">What is given by <paramref name="root"/>, and what the others get.</param>
    /// <param name="root">Who gives.</param>
    /// <param name="purpose">What is given.</param>
    public static void Broadcast(this IProcessGroup group, Span<byte> values, int root, Purpose purpose)
    {
        // The number of those that have it doubles with each round.
        int own = (group.Rank - root + group.Size) % group.Size;
        for (int having = 1, round = 0; having < group.Size; having *= 2, round++)
        {
            if (own < having && own + having < group.Size)
                Exchange(own + having, values, [], round);
            else if (own >= having && own < 2 * having)
                Exchange(own - having, [], values, round);
        }

        void Exchange(int other, ReadOnlySpan<byte> sent, Span<byte> received, int round)
        {
            int peer = (other + root) % group.Size;
            group.Exchange(peer, sent, peer, received, purpose with { Round = purpose.Round + round });
        }
    }

    /// <summary>The bytes of all processes, one after the other.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="own">Those of this process, equally many in each.</param>
    /// <param name="all">Room for those of all, by rank.</param>
    /// <param name="purpose">What is gathered.</param>
    public static void AllGather(this IProcessGroup group, ReadOnlySpan<byte> own, Span<byte> all, Purpose purpose)
    {
        if (all.Length != group.Size * own.Length)
            throw new ArgumentException($"Expected room for {group.Size} times {own.Length} bytes, found {all.Length}.", nameof(all));
        int length = own.Length, next = (group.Rank + 1) % group.Size, before = (group.Rank + group.Size - 1) % group.Size;
        own.CopyTo(all[(group.Rank * length)..]);

        // Around a ring: what came last is passed on.
        for (int round = 0; round < group.Size - 1; round++)
        {
            int sent = (group.Rank - round + group.Size) % group.Size, received = (before - round + group.Size) % group.Size;
            group.Exchange(next, all.Slice(sent * length, length), before, all.Slice(received * length, length), purpose with { Round = purpose.Round + round });
        }
    }

    /// <summary>Returns when all processes have called it.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="purpose">What comes to an end.</param>
    public static void Barrier(this IProcessGroup group, Purpose purpose)
    {
        Span<byte> sent = stackalloc byte[1], received = stackalloc byte[1];
        for (int distance = 1, round = 0; distance < group.Size; distance *= 2, round++)
        {
            group.Exchange(
                (group.Rank + distance) % group.Size, sent, (group.Rank - distance + group.Size) % group.Size, received, purpose with { Round = purpose.Round + round });
        }
    }

    private static bool IsLower(IProcessGroup group, int round) => (group.Rank & (1 << round)) == 0;

    private static (Range Kept, Range Given) Halves(IProcessGroup group, Range held, int round)
    {
        int start = held.Start.Value, end = held.End.Value, middle = start + ((end - start) / 2);
        return IsLower(group, round) ? (start..middle, middle..end) : (middle..end, start..middle);
    }

    private static void Swap<T>(IProcessGroup group, int round, Span<T> sent, Span<T> received, Purpose purpose)
        where T : unmanaged
    {
        int peer = group.Rank ^ (1 << round);
        group.Exchange(peer, MemoryMarshal.AsBytes(sent), peer, MemoryMarshal.AsBytes(received), purpose);
    }
}
