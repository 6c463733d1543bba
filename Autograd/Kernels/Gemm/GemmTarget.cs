namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Where a tile goes and how: c = α·tile + β·c on the first block of k, c = α·tile + c on later ones; bias and rectifier on the last.
/// </summary>
internal unsafe struct GemmTarget<T>
    where T : unmanaged
{
    /// <summary>First element of the tile in the result.</summary>
    public T* C;

    /// <summary>The tile of the result that comes after this one.</summary>
    public GemmAhead<T> Ahead;

    /// <summary>Distance between its rows.</summary>
    public nint Ldc;

    /// <summary>One addend per column of the tile, or null.</summary>
    public T* ColumnBias;

    /// <summary>One addend per row of the tile, or null.</summary>
    public T* RowBias;

    /// <summary>Factor of the product.</summary>
    public T Alpha;

    /// <summary>Factor of the old value.</summary>
    public T Beta;

    /// <summary>Whether the old value is read: β ≠ 0.</summary>
    public bool Reads;

    /// <summary>Whether negative results become 0.</summary>
    public bool Relu;

    /// <summary>Whether anything is to be done to the sums: a factor, the old value, a bias, a rectifier.</summary>
    public bool Merges;

    /// <summary>Room for the sums of a tile, 12 rows of its columns, where the old value is read.</summary>
    public T* Sums;
}
