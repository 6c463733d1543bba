using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Where the matrices of a stack lie.</summary>
/// <param name="Offsets">The first element of each matrix.</param>
/// <param name="Leading">The elements between two rows as stored.</param>
/// <param name="IsTransposed">Whether columns are stored as rows.</param>
internal sealed record StackedMatrix(nint[] Offsets, int Leading, bool IsTransposed)
{
    /// <summary>The matrices of the last two axes of a tensor; null where neighbours lie apart along both of them.</summary>
    /// <param name="sizes">The sizes of all axes.</param>
    /// <param name="strides">The elements between neighbours along each axis.</param>
    /// <param name="stack">The sizes of the stack that is asked for: an axis of size 1 is repeated, one that is missing before the others, too.</param>
    public static StackedMatrix? Of(ReadOnlySpan<int> sizes, ReadOnlySpan<long> strides, ReadOnlySpan<int> stack)
    {
        (int rows, int columns, long row, long column) = (sizes[^2], sizes[^1], strides[^2], strides[^1]);
        bool isStraight = column == 1 || columns == 1;
        if (!isStraight && row != 1 && rows != 1)
            return null;
        nint[] offsets = new nint[Value.CountOf(stack)];
        for (int i = 0; i < offsets.Length; i++)
        {
            int rest = i;
            for (int axis = 1; axis <= stack.Length; axis++)
            {
                (rest, int index) = Math.DivRem(rest, stack[^axis]);
                if (axis + 2 <= sizes.Length && sizes[^(axis + 2)] != 1)
                    offsets[i] += checked((nint)(index * strides[^(axis + 2)]));
            }
        }

        // A single row or column is stored as the other form would have it, too.
        int leading = (int)(isStraight ? (rows == 1 ? columns : row) : (columns == 1 ? rows : column));
        return new StackedMatrix(offsets, leading, !isStraight);
    }

    /// <summary>The same of a tensor in row-major order.</summary>
    public static StackedMatrix Of(ReadOnlySpan<int> sizes, ReadOnlySpan<int> stack)
    {
        Span<long> strides = stackalloc long[sizes.Length];
        ValueCopy.Strides(sizes, strides);
        return Of(sizes, strides, stack)!;
    }
}
