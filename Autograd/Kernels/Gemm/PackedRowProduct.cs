using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The product of one row with a matrix that was packed as a whole (<see cref="Gemm.Pack"/>): memory is read from end to end, at the pace of the cache
/// that holds it. One job computes a range of slivers. The bits are those of <see cref="RowProduct{T, TVector, TSimd}"/>.
/// </summary>
internal unsafe struct PackedRowProduct<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    // Below this many elements of the matrix per part, handing it over costs more than it saves.
    private const int SmallestPart = 64 * 1024;

    private GemmProblem<T> problem;
    private PackedPanel<T> source;
    private T* factors;
    private int slivers;
    private int parts;

    private static int Width => 2 * TSimd.Count;

    public static void Run(in GemmProblem<T> problem, in PackedPanel<T> source, Workers workers)
    {
        bool plain = problem.Alpha == T.One && !problem.TransposeA;
        using Scratch scratch = workers.Rent(plain ? 0 : (long)problem.K * sizeof(T));
        T* factors = plain ? problem.A : (T*)scratch.Pointer;
        for (int p = 0; p < problem.K && !plain; p++)
            factors[p] = problem.Alpha * problem.A[p * (problem.TransposeA ? problem.Lda : 1)];
        int slivers = (int)(((long)problem.N + Width - 1) / Width);
        int parts = (int)Math.Clamp((long)problem.N * problem.K / SmallestPart, 1, Math.Min(workers.Threads, slivers));
        workers.For(parts, new PackedRowProduct<T, TVector, TSimd> { problem = problem, source = source, factors = factors, slivers = slivers, parts = parts });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int first = (int)((long)index * slivers / parts * Width), last = (int)Math.Min(problem.N, (index + 1L) * slivers / parts * Width);
        RowProduct<T, TVector, TSimd>.Begin(problem.Beta, problem.C + first, last - first);
        int depth = GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.Depth(problem.K);
        for (int p = 0; p < problem.K; p += depth)
        {
            int count = Math.Min(depth, problem.K - p), j = first;
            for (; j <= last - (2 * Width); j += 2 * Width)
                Pair(count, factors + p, source.Packed(p, count, j), problem.C + j);
            for (int width; j < last; j += width)
                One(count, factors + p, source.Packed(p, count, j), problem.C + j, width = Math.Min(Width, last - j));
        }

        RowProduct<T, TVector, TSimd>.Finish(problem, first, last - first);
    }

    // Two slivers side by side: four sums hide how long each addition takes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pair(int count, T* factors, T* b, T* c)
    {
        int n = TSimd.Count;
        T* next = b + ((nint)count * Width);
        TVector s0 = TSimd.Load(c), s1 = TSimd.Load(c + n), s2 = TSimd.Load(c + (2 * n)), s3 = TSimd.Load(c + (3 * n));
        for (int p = 0; p < count; p++, b += 2 * n, next += 2 * n)
        {
            TVector f = TSimd.Broadcast(factors[p]);
            s0 = TSimd.MultiplyAdd(f, TSimd.Load(b), s0);
            s1 = TSimd.MultiplyAdd(f, TSimd.Load(b + n), s1);
            s2 = TSimd.MultiplyAdd(f, TSimd.Load(next), s2);
            s3 = TSimd.MultiplyAdd(f, TSimd.Load(next + n), s3);
        }

        TSimd.Store(s0, c);
        TSimd.Store(s1, c + n);
        TSimd.Store(s2, c + (2 * n));
        TSimd.Store(s3, c + (3 * n));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(int count, T* factors, T* b, T* c, int columns)
    {
        int n = TSimd.Count;
        T* own = stackalloc T[Width];
        new Span<T>(own, Width).Clear();
        new ReadOnlySpan<T>(c, columns).CopyTo(new Span<T>(own, columns));
        TVector s0 = TSimd.Load(own), s1 = TSimd.Load(own + n);
        for (int p = 0; p < count; p++, b += 2 * n)
        {
            TVector f = TSimd.Broadcast(factors[p]);
            s0 = TSimd.MultiplyAdd(f, TSimd.Load(b), s0);
            s1 = TSimd.MultiplyAdd(f, TSimd.Load(b + n), s1);
        }

        TSimd.Store(s0, own);
        TSimd.Store(s1, own + n);
        new ReadOnlySpan<T>(own, columns).CopyTo(new Span<T>(c, columns));
    }
}

/// <summary>Chooses the vector width at run time.</summary>
internal static class PackedRowProduct
{
    /// <summary>Computes a product whose left operand has one row and whose right one was packed for this width.</summary>
    public static void Run<T>(in GemmProblem<T> problem, in PackedPanel<T> source, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: PackedRowProduct<T, Vector512<T>, Simd512<T>>.Run(problem, source, workers); break;
            case SimdWidth.Vector256: PackedRowProduct<T, Vector256<T>, Simd256<T>>.Run(problem, source, workers); break;
            default: PackedRowProduct<T, Vector128<T>, Simd128<T>>.Run(problem, source, workers); break;
        }
    }
}
