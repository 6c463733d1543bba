using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The product of one row with a transposed matrix, c = α·a·Bᵀ + β·c: an element is the sum of products of two rows, both read where they lie, from end to end. One job computes a range of columns.
/// </summary>
internal unsafe struct RowDotProduct<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    // Below this many elements of B per part, handing it over costs more than it saves.
    private const int SmallestPart = 64 * 1024;

    // Rows of B at a time: with two sums for each, enough to hide how long an addition takes.
    private const int Together = 4;

    private GemmProblem<T> problem;
    private T* a;
    private T* b;
    private nint ldb;
    private int step;

    public static void Run(in GemmProblem<T> problem, T* b, nint ldb, Workers workers)
    {
        using Scratch scratch = workers.Rent(problem.TransposeA ? (long)problem.K * sizeof(T) : 0);
        T* a = problem.TransposeA ? (T*)scratch.Pointer : problem.A;
        for (int p = 0; p < problem.K && problem.TransposeA; p++)
            a[p] = problem.A[p * problem.Lda];
        int parts = (int)Math.Clamp((long)problem.N * problem.K / SmallestPart, 1, workers.Threads), step = RowProduct<T, TVector, TSimd>.Step(problem.N, parts);
        workers.For(
            (int)(((long)problem.N + step - 1) / step), new RowDotProduct<T, TVector, TSimd> { problem = problem, a = a, b = b, ldb = ldb, step = step });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int first = index * step, last = Math.Min(problem.N, first + step), j = first;
        T* sums = stackalloc T[Together];
        for (; j <= last - Together; j += Together)
        {
            Four(problem.K, a, b + (j * ldb), ldb, sums);
            for (int r = 0; r < Together; r++)
                Put(j + r, sums[r]);
        }

        for (; j < last; j++)
            Put(j, One(problem.K, a, b + (j * ldb)));
        RowProduct<T, TVector, TSimd>.Finish(problem, first, last - first);
    }

    private readonly void Put(int column, T sum) =>
        problem.C[column] = (problem.Alpha * sum) + (problem.Beta == T.Zero ? T.Zero : problem.Beta * problem.C[column]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(int k, T* a, T* b, nint ldb, T* sums)
    {
        int n = TSimd.Count, p = 0;
        T* b1 = b + ldb, b2 = b1 + ldb, b3 = b2 + ldb;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero, s20 = TSimd.Zero, s21 = TSimd.Zero, s30 = TSimd.Zero, s31 = TSimd.Zero;
        for (; p <= k - (2 * n); p += 2 * n)
        {
            TVector a0 = TSimd.Load(a + p), a1 = TSimd.Load(a + p + n);
            s00 = TSimd.MultiplyAdd(a0, TSimd.Load(b + p), s00);
            s10 = TSimd.MultiplyAdd(a0, TSimd.Load(b1 + p), s10);
            s20 = TSimd.MultiplyAdd(a0, TSimd.Load(b2 + p), s20);
            s30 = TSimd.MultiplyAdd(a0, TSimd.Load(b3 + p), s30);
            s01 = TSimd.MultiplyAdd(a1, TSimd.Load(b + p + n), s01);
            s11 = TSimd.MultiplyAdd(a1, TSimd.Load(b1 + p + n), s11);
            s21 = TSimd.MultiplyAdd(a1, TSimd.Load(b2 + p + n), s21);
            s31 = TSimd.MultiplyAdd(a1, TSimd.Load(b3 + p + n), s31);
        }

        if (p <= k - n)
        {
            TVector a0 = TSimd.Load(a + p);
            s00 = TSimd.MultiplyAdd(a0, TSimd.Load(b + p), s00);
            s10 = TSimd.MultiplyAdd(a0, TSimd.Load(b1 + p), s10);
            s20 = TSimd.MultiplyAdd(a0, TSimd.Load(b2 + p), s20);
            s30 = TSimd.MultiplyAdd(a0, TSimd.Load(b3 + p), s30);
            p += n;
        }

        sums[0] = Rest(k - p, a + p, b + p, TSimd.Sum(TSimd.Add(s00, s01)));
        sums[1] = Rest(k - p, a + p, b1 + p, TSimd.Sum(TSimd.Add(s10, s11)));
        sums[2] = Rest(k - p, a + p, b2 + p, TSimd.Sum(TSimd.Add(s20, s21)));
        sums[3] = Rest(k - p, a + p, b3 + p, TSimd.Sum(TSimd.Add(s30, s31)));
    }

    // The same sums in the same order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T One(int k, T* a, T* b)
    {
        int n = TSimd.Count, p = 0;
        TVector s0 = TSimd.Zero, s1 = TSimd.Zero;
        for (; p <= k - (2 * n); p += 2 * n)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Load(a + p), TSimd.Load(b + p), s0);
            s1 = TSimd.MultiplyAdd(TSimd.Load(a + p + n), TSimd.Load(b + p + n), s1);
        }

        if (p <= k - n)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Load(a + p), TSimd.Load(b + p), s0);
            p += n;
        }

        return Rest(k - p, a + p, b + p, TSimd.Sum(TSimd.Add(s0, s1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Rest(int count, T* a, T* b, T sum)
    {
        for (int p = 0; p < count; p++)
            sum += a[p] * b[p];
        return sum;
    }
}

/// <summary>Chooses the vector width at run time.</summary>
internal static unsafe class RowDotProduct
{
    /// <summary>Computes a product whose left operand has one row and whose right one is stored transposed.</summary>
    public static void Run<T>(in GemmProblem<T> problem, T* b, nint ldb, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: RowDotProduct<T, Vector512<T>, Simd512<T>>.Run(problem, b, ldb, workers); break;
            case SimdWidth.Vector256: RowDotProduct<T, Vector256<T>, Simd256<T>>.Run(problem, b, ldb, workers); break;
            default: RowDotProduct<T, Vector128<T>, Simd128<T>>.Run(problem, b, ldb, workers); break;
        }
    }
}
