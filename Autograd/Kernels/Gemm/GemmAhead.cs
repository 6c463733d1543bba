namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The part of the right operand that is needed next, as rows of cache lines: tiles ask for them a few at a time between their multiply-adds,
/// so that the way from memory is hidden, and never for many at once, which would hold up what the tile itself reads.
/// </summary>
internal unsafe struct GemmAhead<T>(T* start, nint leading, int rows, int columns)
    where T : unmanaged
{
    private readonly nint columns = columns;
    private T* next = start;
    private T* rowEnd = start + columns;

    /// <summary>Elements of a cache line.</summary>
    public static int Line => 64 / sizeof(T);

    /// <summary>Gets or sets how many lines a tile asks for at once.</summary>
    public int Burst { get; set; } = 0;

    /// <summary>Gets how many lines are left.</summary>
    public int Lines { get; private set; } = rows * ((columns + Line - 1) / Line);

    /// <summary>Gets the next line.</summary>
    public T* Take()
    {
        T* line = next;
        next += Line;
        if (next >= rowEnd)
        {
            rowEnd += leading;
            next = rowEnd - columns;
        }

        Lines--;
        return line;
    }
}
