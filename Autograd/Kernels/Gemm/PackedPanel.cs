using System.Diagnostics;

namespace Toolkit.Autograd.Kernels;

/// <summary>A right operand that was packed as a whole (<see cref="Gemm.Pack"/>): its slivers block of rows by block of rows.</summary>
internal readonly unsafe struct PackedPanel<T>(T* packed, int slivers, int width) : IPanelSource<T>
    where T : unmanaged
{
    public T* Packed(int row, int count, int column) => packed + ((((nint)row * slivers) + ((nint)(column / width) * count)) * width);

    public T* Direct(int row, int count, int column, out nint step)
    {
        step = 0;
        return null;
    }

    public GemmAhead<T> Ahead(int row, int count, int column, int columns) => new(Packed(row, count, column), 0, 1, count * width);

    public void Pack(int row, int count, int column, int columns, int width, T* destination) => throw new UnreachableException();
}
