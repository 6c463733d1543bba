namespace Toolkit.Autograd.Compilation;

/// <summary>A block of the arena that is needed from one step to another, both included.</summary>
/// <param name="firstStep">The step that writes it.</param>
internal sealed class Buffer(int firstStep)
{
    public int FirstStep { get; } = firstStep;

    public int LastStep { get; set; } = firstStep;

    /// <summary>The place whose value fills it; views of that lie in it too.</summary>
    public int Place { get; set; }
}

/// <summary>Places buffers in one arena: the largest first, each at the lowest offset where no buffer that lives at the same time lies.</summary>
internal static class MemoryPlan
{
    private const int Alignment = 64;

    /// <summary>Finds the offsets and returns the size of the arena.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="bytes">Their sizes.</param>
    /// <param name="offsets">Receives their offsets, multiples of 64.</param>
    /// <param name="reuse">Whether buffers that do not live at the same time may overlap.</param>
    public static long Place(ReadOnlySpan<Buffer> buffers, ReadOnlySpan<long> bytes, Span<long> offsets, bool reuse)
    {
        var placed = new Placed[buffers.Length];
        long end = 0;
        int done = 0;
        foreach (int index in LargestFirst(buffers, bytes))
        {
            (Buffer buffer, long size) = (buffers[index], Aligned(bytes[index]));
            Span<Placed> before = placed.AsSpan(0, done);
            long offset = reuse ? Gap(before, buffer, size) : end;
            int at = Behind(before, offset);
            before[at..].CopyTo(placed.AsSpan(at + 1));
            placed[at] = new Placed(offset, offset + size, buffer.FirstStep, buffer.LastStep);
            offsets[index] = offset;
            end = Math.Max(end, offset + size);
            done++;
        }

        return end;
    }

    /// <summary>The buffers from the largest to the smallest, among equal ones from the first to the last that is written.</summary>
    private static int[] LargestFirst(ReadOnlySpan<Buffer> buffers, ReadOnlySpan<long> bytes)
    {
        int[] order = new int[buffers.Length];
        bool isOrdered = true;
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            isOrdered &= i == 0 || buffers[i - 1].FirstStep <= buffers[i].FirstStep;
        }

        if (!isOrdered)
        {
            int[] first = [.. buffers.ToArray().Select(buffer => buffer.FirstStep)];
            order = [.. order.OrderBy(i => first[i])];
        }

        // One number to sort by: sizes, of which there is none above 2³⁵ bytes, before places.
        ulong[] keys = new ulong[order.Length];
        for (int rank = 0; rank < keys.Length; rank++)
        {
            keys[rank] = ((ulong)(uint.MaxValue - (Aligned(bytes[order[rank]]) / Alignment)) << 32) | (uint)rank;
        }

        Array.Sort(keys);
        return Array.ConvertAll(keys, key => order[(uint)key]);
    }

    /// <summary>The first of what is placed that begins behind an offset.</summary>
    private static int Behind(ReadOnlySpan<Placed> placed, long offset)
    {
        (int low, int high) = (0, placed.Length);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = placed[middle].Offset > offset ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>The lowest offset. What is placed is ordered by offset, so one walk finds the first gap that is large enough.</summary>
    private static long Gap(ReadOnlySpan<Placed> placed, Buffer buffer, long bytes)
    {
        long offset = 0;
        (int first, int last) = (buffer.FirstStep, buffer.LastStep);
        foreach (ref readonly Placed other in placed)
        {
            if (other.Offset >= offset + bytes)
            {
                break;
            }

            if (other.First <= last && first <= other.Last)
            {
                offset = Math.Max(offset, other.End);
            }
        }

        return offset;
    }

    private static long Aligned(long bytes) => (Math.Max(bytes, 1) + (Alignment - 1)) / Alignment * Alignment;

    private readonly record struct Placed(long Offset, long End, int First, int Last);
}
