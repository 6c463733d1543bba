using System.Numerics;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>A product split over a grid of parts of C; each part packs what it needs into its thread's own scratch memory.</summary>
internal unsafe struct GemmJob<T, TVector, TSimd, TSource> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TSource : unmanaged, IPanelSource<T>
{
    private GemmProblem<T> problem;
    private TSource source;
    private GemmGrid grid;
    private byte* scratch;
    private long scratchBytes;

    public static void Run(in GemmProblem<T> problem, in TSource source, Workers workers)
    {
        int width = GemmBlocks<T, TVector, TSimd, TSource>.Width;
        GemmGrid grid = GemmGrid.For(problem.M, problem.N, problem.K, TSimd.MaxRows, width, workers.Threads, typeof(TSource) == typeof(PackedPanel<T>));
        long bytes = GemmBlocks<T, TVector, TSimd, TSource>.ScratchBytes(grid.RowStep, grid.ColumnStep, problem.K);
        bytes = (bytes + 4095) & ~4095;
        using Scratch scratch = workers.Rent(bytes * (grid.Count > 1 ? workers.Threads : 1));
        workers.For(
            grid.Count,
            new GemmJob<T, TVector, TSimd, TSource>
            {
                problem = problem,
                source = source,
                grid = grid,
                scratch = scratch.Pointer,
                scratchBytes = bytes,
            });
    }

    public readonly void Execute(int index, int participant)
    {
        int row = index / grid.Columns * grid.RowStep, column = index % grid.Columns * grid.ColumnStep;
        int rows = Math.Min(grid.RowStep, problem.M - row), columns = Math.Min(grid.ColumnStep, problem.N - column);
        byte* own = scratch + (participant * scratchBytes);
        if (rows > 0 && columns > 0)
            GemmBlocks<T, TVector, TSimd, TSource>.Run(problem, source, row, rows, column, columns, own);
    }
}

/// <summary>Chooses the vector width of a product at run time.</summary>
internal static class GemmJob
{
    public static void Run<T, TSource>(in GemmProblem<T> problem, in TSource source, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
        where TSource : unmanaged, IPanelSource<T>
    {
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: GemmJob<T, Vector512<T>, Simd512<T>, TSource>.Run(problem, source, workers); break;
            case SimdWidth.Vector256: GemmJob<T, Vector256<T>, Simd256<T>, TSource>.Run(problem, source, workers); break;
            default: GemmJob<T, Vector128<T>, Simd128<T>, TSource>.Run(problem, source, workers); break;
        }
    }
}
