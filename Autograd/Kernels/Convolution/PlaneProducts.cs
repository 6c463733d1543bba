using System.Numerics;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>Convolutions with kernels of one element: the product of a group's weights by the planes of each image as they lie.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal unsafe struct PlaneProducts<T>
    where T : unmanaged
{
    /// <summary>Images.</summary>
    public int Images;

    /// <summary>Groups of each.</summary>
    public int Groups;

    /// <summary>Planes of a group of the result.</summary>
    public int Rows;

    /// <summary>Elements of a plane.</summary>
    public int Columns;

    /// <summary>Planes of a group that is read.</summary>
    public int Depth;

    /// <summary>Weights, [group, row, plane].</summary>
    public T* Left;

    /// <summary>Whether they are [group, plane, row].</summary>
    public bool IsLeftTransposed;

    /// <summary>The images.</summary>
    public T* Right;

    /// <summary>The results.</summary>
    public T* Result;

    /// <summary>One addend per plane of the result, or null.</summary>
    public T* Bias;

    /// <summary>Whether negative results become 0.</summary>
    public bool Relu;

    /// <summary>The product of one group of one image.</summary>
    public readonly GemmProblem<T> Problem(int index, T one)
    {
        int group = index % Groups;
        return new()
        {
            M = Rows,
            N = Columns,
            K = Depth,
            Alpha = one,
            A = Left + ((nint)group * Rows * Depth),
            Lda = IsLeftTransposed ? Rows : Depth,
            TransposeA = IsLeftTransposed,
            C = Result + ((nint)index * Rows * Columns),
            Ldc = Columns,
            RowBias = Bias is null ? null : Bias + (group * Rows),
            Relu = Relu,
        };
    }

    /// <summary>The planes that it reads.</summary>
    public readonly MatrixPanel<T> Planes(int index) => new(Right + ((nint)index * Depth * Columns), Columns, false);
}

/// <summary>Some of the products, or parts of them, on one thread.</summary>
internal unsafe struct PlaneProductJob<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private PlaneProducts<T> products;
    private GemmGrid grid;
    private byte* scratch;
    private long scratchBytes;

    /// <summary>Many products are shared among threads as wholes, few are cut: the bits are the same.</summary>
    public static void Run(in PlaneProducts<T> products, Workers workers)
    {
        int count = products.Images * products.Groups, m = products.Rows, n = products.Columns, k = products.Depth;
        GemmGrid grid = GemmGrid.For(m, n, k, TSimd.MaxRows, 2 * TSimd.Count, count >= 2 * workers.Threads ? 1 : workers.Threads);
        long bytes = (GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.ScratchBytes(grid.RowStep, grid.ColumnStep, k) + 4095) & ~4095;
        using Scratch scratch = workers.Rent(bytes * workers.Threads);
        workers.For(
            count * grid.Count, new PlaneProductJob<T, TVector, TSimd> { products = products, grid = grid, scratch = scratch.Pointer, scratchBytes = bytes });
    }

    public readonly void Execute(int index, int participant)
    {
        int product = index / grid.Count, part = index % grid.Count;
        int row = part / grid.Columns * grid.RowStep, column = part % grid.Columns * grid.ColumnStep;
        int rows = Math.Min(grid.RowStep, products.Rows - row), columns = Math.Min(grid.ColumnStep, products.Columns - column);
        if (rows > 0 && columns > 0)
            GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.Run(products.Problem(product, T.One), products.Planes(product), row, rows, column, columns, scratch + (participant * scratchBytes));
    }
}

/// <summary>Chooses the vector width of these products at run time.</summary>
internal static class PlaneProducts
{
    public static void Run<T>(in PlaneProducts<T> products, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: PlaneProductJob<T, Vector512<T>, Simd512<T>>.Run(products, workers); break;
            case SimdWidth.Vector256: PlaneProductJob<T, Vector256<T>, Simd256<T>>.Run(products, workers); break;
            default: PlaneProductJob<T, Vector128<T>, Simd128<T>>.Run(products, workers); break;
        }
    }
}
