namespace Toolkit.Autograd.Kernels;

/// <summary>Copies parts of matrices into the dense panels that <see cref="GemmTile"/> reads.</summary>
internal static unsafe class GemmPacking
{
    /// <summary>destination[p, j] = source[p, j], j &lt; columns, zeros up to <paramref name="width"/>.</summary>
    public static void Straight<T>(T* source, nint leading, int columns, int count, int width, T* destination)
        where T : unmanaged
    {
        for (int p = 0; p < count; p++, source += leading, destination += width)
        {
            new ReadOnlySpan<T>(source, columns).CopyTo(new Span<T>(destination, width));
            new Span<T>(destination + columns, width - columns).Clear();
        }
    }

    /// <summary>destination[p, j] = source[j, p], j &lt; columns, zeros up to <paramref name="width"/>.</summary>
    public static void Transposed<T>(T* source, nint leading, int columns, int count, int width, T* destination)
        where T : unmanaged
    {
        for (int j = 0; j < columns; j++, source += leading)
        {
            T* to = destination + j;
            for (int p = 0; p < count; p++, to += width)
                *to = source[p];
        }

        if (columns < width)
        {
            for (int p = 0; p < count; p++)
                new Span<T>(destination + ((nint)p * width) + columns, width - columns).Clear();
        }
    }
}
