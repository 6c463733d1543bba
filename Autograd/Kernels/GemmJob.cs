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
    private GemmProblem<T> _problem;
    private TSource _source;
    private GemmGrid _grid;
    private byte* _scratch;
    private long _scratchBytes;

    public static void Run(in GemmProblem<T> problem, in TSource source, Workers workers)
    {
        int width = GemmBlocks<T, TVector, TSimd, TSource>.Width;
        GemmGrid grid = GemmGrid.For(problem.M, problem.N, problem.K, TSimd.MaxRows, width, workers.Threads);
        long bytes = GemmBlocks<T, TVector, TSimd, TSource>.ScratchBytes(grid.RowStep, grid.ColumnStep, problem.K);
        bytes = (bytes + 4095) & ~4095;
        using Scratch scratch = workers.Rent(bytes * (grid.Count > 1 ? workers.Threads : 1));
        workers.For(
            grid.Count,
            new GemmJob<T, TVector, TSimd, TSource>
            {
                _problem = problem,
                _source = source,
                _grid = grid,
                _scratch = scratch.Pointer,
                _scratchBytes = bytes,
            });
    }

    public readonly void Execute(int index, int participant)
    {
        int row = index / _grid.Columns * _grid.RowStep, column = index % _grid.Columns * _grid.ColumnStep;
        int rows = Math.Min(_grid.RowStep, _problem.M - row), columns = Math.Min(_grid.ColumnStep, _problem.N - column);
        byte* scratch = _scratch + (participant * _scratchBytes);
        if (rows > 0 && columns > 0)
            GemmBlocks<T, TVector, TSimd, TSource>.Run(_problem, _source, row, rows, column, columns, scratch);
    }
}

/// <summary>Chooses the vector width of a product at run time.</summary>
internal static class GemmJob
{
    public static void Run<T, TSource>(in GemmProblem<T> problem, in TSource source, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
        where TSource : unmanaged, IPanelSource<T>
    {
        switch (width)
        {
            case SimdWidth.Vector512: GemmJob<T, Vector512<T>, Simd512<T>, TSource>.Run(problem, source, workers); break;
            case SimdWidth.Vector256: GemmJob<T, Vector256<T>, Simd256<T>, TSource>.Run(problem, source, workers); break;
            default: GemmJob<T, Vector128<T>, Simd128<T>, TSource>.Run(problem, source, workers); break;
        }
    }
}
