namespace Toolkit.Autograd.Kernels;

/// <summary>A matrix, as stored or transposed, as the right operand of a product.</summary>
internal readonly unsafe struct MatrixPanel<T>(T* matrix, nint leading, bool transpose) : IPanelSource<T>
    where T : unmanaged
{
    public T* Packed(int row, int count, int column) => null;

    public T* Direct(int row, int count, int column, out nint step)
    {
        step = leading;
        return transpose ? null : matrix + (row * leading) + column;
    }

    public GemmAhead<T> Ahead(int row, int count, int column, int columns) => transpose
        ? new(matrix + (column * leading) + row, leading, columns, count)
        : new(matrix + (row * leading) + column, leading, count, columns);

    public void Pack(int row, int count, int column, int columns, int width, T* destination)
    {
        if (transpose)
            GemmPacking.Transposed(matrix + (column * leading) + row, leading, columns, count, width, destination);
        else
            GemmPacking.Straight(matrix + (row * leading) + column, leading, columns, count, width, destination);
    }
}
