namespace Toolkit.Autograd.Compilation;

/// <summary>A block of memory that is needed from one step to another, both included.</summary>
internal sealed class Buffer(long byteCount, int firstStep)
{
    public long ByteCount { get; } = (Math.Max(byteCount, 1) + 63) / 64 * 64;

    public int FirstStep { get; } = firstStep;

    public int LastStep { get; set; } = firstStep;

    public long Offset { get; set; }
}

/// <summary>Places buffers in one arena: the largest first, each at the lowest offset where no buffer that lives at the same time lies.</summary>
internal static class MemoryPlan
{
    /// <summary>Sets the offsets and returns the size of the arena.</summary>
    public static long Place(IReadOnlyList<Buffer> buffers, bool reuse)
    {
        long end = 0;
        var placed = new List<Buffer>(buffers.Count);
        foreach (Buffer buffer in buffers.OrderByDescending(b => b.ByteCount).ThenBy(b => b.FirstStep))
        {
            long offset = reuse ? 0 : end;
            if (reuse)
            {
                // The list is ordered by offset, so one walk finds the first gap that is large enough.
                foreach (Buffer other in placed)
                {
                    bool together = other.FirstStep <= buffer.LastStep && buffer.FirstStep <= other.LastStep;
                    if (together && other.Offset < offset + buffer.ByteCount)
                    {
                        offset = Math.Max(offset, other.Offset + other.ByteCount);
                    }
                }
            }

            buffer.Offset = offset;
            int at = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(at < 0 ? placed.Count : at, buffer);
            end = Math.Max(end, offset + buffer.ByteCount);
        }

        return end;
    }
}
