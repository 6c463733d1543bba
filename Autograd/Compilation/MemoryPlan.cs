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
        int count = buffers.Length;
        var order = new (long Descending, int First, int Index)[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = (-Aligned(bytes[i]), buffers[i].FirstStep, i);
        }

        Array.Sort(order);
        var placed = new Placed[count];
        long end = 0;
        for (int done = 0; done < count; done++)
        {
            (long descending, _, int index) = order[done];
            Buffer buffer = buffers[index];
            long offset = reuse ? Gap(placed.AsSpan(0, done), buffer, -descending) : end;
            int at = done;
            for (; at > 0 && placed[at - 1].Offset > offset; at--)
            {
                placed[at] = placed[at - 1];
            }

            placed[at] = new Placed(offset, offset - descending, buffer.FirstStep, buffer.LastStep);
            offsets[index] = offset;
            end = Math.Max(end, offset - descending);
        }

        return end;
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
