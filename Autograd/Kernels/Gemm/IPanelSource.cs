namespace Toolkit.Autograd.Kernels;

/// <summary>The right operand of a product, [k, n], from wherever it comes: a matrix, a transposed one, the patches of an image.</summary>
internal unsafe interface IPanelSource<T>
    where T : unmanaged
{
    /// <summary>The rows and columns of a sliver if they were packed before; null otherwise.</summary>
    T* Packed(int row, int count, int column);

    /// <summary>
    /// If <paramref name="count"/> rows from <paramref name="row"/> have the columns from <paramref name="column"/> on side by side
    /// in memory, gives the first element and the distance between rows; null otherwise.
    /// </summary>
    T* Direct(int row, int count, int column, out nint step);

    /// <summary>Gives the memory that <see cref="Packed"/>, <see cref="Direct"/> or <see cref="Pack"/> will read for these rows and columns, if it is worth asking for.</summary>
    GemmAhead<T> Ahead(int row, int count, int column, int columns);

    /// <summary>
    /// Copies <paramref name="count"/> rows of <paramref name="columns"/> columns to <paramref name="destination"/>, each row padded
    /// with zeros to <paramref name="width"/>.
    /// </summary>
    void Pack(int row, int count, int column, int columns, int width, T* destination);
}
