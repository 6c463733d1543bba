namespace Toolkit.Autograd.Kernels;

/// <summary>Where the tiles of a product find the left operand of a block.</summary>
/// <param name="start">The element of the block's first row and first summand.</param>
/// <param name="step">The distance between columns of a transposed matrix, or between rows of a matrix in place; 0 for packed panels.</param>
/// <param name="inPlace">Whether the matrix is read row by row as it lies.</param>
internal readonly unsafe struct GemmLeft<T>(T* start, nint step, bool inPlace = false)
    where T : unmanaged
{
    /// <summary>Gets a value indicating whether the matrix is read row by row as it lies, element (r, p) at r·step + p, not p·step + r.</summary>
    public bool InPlace => inPlace;

    /// <summary>The panel of rows that comes after <paramref name="done"/> rows, of a block with <paramref name="count"/> summands.</summary>
    public T* Panel(int done, int count) => start + (done * (inPlace ? step : step == 0 ? count : 1));

    /// <summary>The distance that a tile of a number of rows goes by.</summary>
    public nint Step(int rows) => step == 0 ? rows : step;
}
