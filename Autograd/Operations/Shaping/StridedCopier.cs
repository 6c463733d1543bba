namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Copies between two strided views of memory: what transposing, slicing, padding, joining and repeating have in common.</summary>
internal static unsafe class StridedCopier
{
    /// <summary>The row-major strides of sizes, in elements.</summary>
    public static int[] Strides(ReadOnlySpan<int> sizes)
    {
        var strides = new int[sizes.Length];
        int stride = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= sizes[i];
        }

        return strides;
    }

    /// <summary>Copies a block: element i of both views is at the sum of index times stride over the axes.</summary>
    /// <param name="source">Address of the first source element.</param>
    /// <param name="sourceStrides">Source strides in elements; 0 repeats, negative ones run backward.</param>
    /// <param name="destination">Address of the first destination element.</param>
    /// <param name="destinationStrides">Destination strides in elements.</param>
    /// <param name="sizes">The sizes of the block.</param>
    /// <param name="elementSize">1, 4 or 8 bytes.</param>
    public static void Copy(
        nint source,
        ReadOnlySpan<int> sourceStrides,
        nint destination,
        ReadOnlySpan<int> destinationStrides,
        ReadOnlySpan<int> sizes,
        int elementSize)
    {
        switch (elementSize)
        {
            case 1: Copy((byte*)source, sourceStrides, (byte*)destination, destinationStrides, sizes); break;
            case 4: Copy((uint*)source, sourceStrides, (uint*)destination, destinationStrides, sizes); break;
            default: Copy((ulong*)source, sourceStrides, (ulong*)destination, destinationStrides, sizes); break;
        }
    }

    private static void Copy<T>(
        T* source, ReadOnlySpan<int> sourceStrides, T* destination, ReadOnlySpan<int> destinationStrides, ReadOnlySpan<int> sizes)
        where T : unmanaged
    {
        if (sizes.Length == 0)
        {
            *destination = *source;
            return;
        }

        int size = sizes[0];
        int from = sourceStrides[0];
        int to = destinationStrides[0];
        if (sizes.Length == 1)
        {
            if (from == 1 && to == 1)
            {
                new ReadOnlySpan<T>(source, size).CopyTo(new Span<T>(destination, size));
                return;
            }

            for (int i = 0; i < size; i++)
            {
                destination[(nint)i * to] = source[(nint)i * from];
            }

            return;
        }

        for (int i = 0; i < size; i++)
        {
            Copy(source + ((nint)i * from), sourceStrides[1..], destination + ((nint)i * to), destinationStrides[1..], sizes[1..]);
        }
    }
}
