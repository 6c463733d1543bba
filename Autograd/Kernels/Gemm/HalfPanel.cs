using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>A matrix of a half type, as stored or transposed, as the right operand of a product in float32: its numbers are widened when they are packed.</summary>
internal readonly unsafe struct HalfPanel<T>(ushort* matrix, DType type, nint leading, bool transpose) : IPanelSource<T>
    where T : unmanaged
{
    // Rows of a transposed matrix that are widened together.
    private const int Chunk = 64;

    public T* Packed(int row, int count, int column) => null;

    public T* Direct(int row, int count, int column, out nint step)
    {
        step = 0;
        return null;
    }

    public GemmAhead<T> Ahead(int row, int count, int column, int columns) => default;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int row, int count, int column, int columns, int width, T* destination)
    {
        float* to = (float*)destination;
        if (transpose)
        {
            PackTransposed(matrix + (column * leading) + row, count, columns, width, to);
            return;
        }

        ushort* from = matrix + (row * leading) + column;
        for (int p = 0; p < count; p++, from += leading, to += width)
        {
            HalfConversion.Widen(type, from, to, columns);
            new Span<float>(to + columns, width - columns).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackTransposed(ushort* from, int count, int columns, int width, float* to)
    {
        float* wide = stackalloc float[Chunk * columns];
        for (int done = 0; done < count; done += Chunk)
        {
            int part = Math.Min(Chunk, count - done);
            for (int j = 0; j < columns; j++)
                HalfConversion.Widen(type, from + (j * leading) + done, wide + (j * Chunk), part);
            GemmPacking.Transposed(wide, Chunk, columns, part, width, to + ((nint)done * width));
        }
    }
}
