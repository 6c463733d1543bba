using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The product of one row with a matrix, c = α·a·B + β·c. Each element of B is used once, so it is read where it lies and in the order in which
/// it lies: memory sets the pace, not arithmetic. One job computes a range of columns.
/// </summary>
internal unsafe struct RowProduct<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    // Below this many elements of B per part, handing it over costs more than it saves.
    private const int SmallestPart = 64 * 1024;

    private GemmProblem<T> problem;
    private T* b;
    private nint ldb;
    private int step;

    public static void Run(in GemmProblem<T> problem, T* b, nint ldb, Workers workers)
    {
        // Parts are whole cache lines of columns; an element's bits do not depend on where the parts end. One for each thread: narrower ones cross a page
        // of memory with every row, which no prefetcher follows.
        int parts = (int)Math.Clamp((long)problem.N * problem.K / SmallestPart, 1, workers.Threads);
        int step = Math.Max(16, ((((problem.N + parts - 1) / parts) + 15) / 16) * 16);
        workers.For(
            workers.Threads == 1 ? 1 : (problem.N + step - 1) / step,
            new RowProduct<T, TVector, TSimd> { problem = problem, b = b, ldb = ldb, step = workers.Threads == 1 ? problem.N : step });
    }

    public readonly void Execute(int index, int participant)
    {
        int first = index * step, columns = Math.Min(step, problem.N - first);
        T* c = problem.C + first;
        Rows(b + first, c, columns);
        if (problem.ColumnBias is null && problem.RowBias is null && !problem.Relu)
            return;
        for (int j = 0; j < columns; j++)
        {
            T value = c[j];
            if (problem.ColumnBias is not null)
                value += problem.ColumnBias[first + j];
            if (problem.RowBias is not null)
                value += problem.RowBias[0];
            c[j] = problem.Relu && value < T.Zero ? T.Zero : value;
        }
    }

    // c += a[p]·B[p, ...], eight rows at a time so that c is not read and written for each.
    private readonly void Rows(T* b, T* c, int columns)
    {
        if (problem.Beta == T.Zero)
        {
            new Span<T>(c, columns).Clear();
        }
        else if (problem.Beta != T.One)
        {
            for (int j = 0; j < columns; j++)
                c[j] *= problem.Beta;
        }

        T* factors = stackalloc T[8];
        for (int p = 0; p < problem.K; p += 8)
        {
            int rows = Math.Min(8, problem.K - p);
            for (int r = 0; r < rows; r++)
                factors[r] = problem.Alpha * Left(p + r);
            if (rows == 8)
            {
                Eight(b + (p * ldb), factors, c, columns);
                continue;
            }

            for (int r = 0; r < rows; r++)
                One(b + ((p + r) * ldb), factors[r], c, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Eight(T* b, T* factors, T* c, int columns)
    {
        T* b4 = b + (4 * ldb);
        TVector f0 = TSimd.Broadcast(factors[0]), f1 = TSimd.Broadcast(factors[1]), f2 = TSimd.Broadcast(factors[2]), f3 = TSimd.Broadcast(factors[3]);
        TVector f4 = TSimd.Broadcast(factors[4]), f5 = TSimd.Broadcast(factors[5]), f6 = TSimd.Broadcast(factors[6]), f7 = TSimd.Broadcast(factors[7]);
        int j = 0;
        for (; j <= columns - TSimd.Count; j += TSimd.Count)
        {
            TVector sum = TSimd.MultiplyAdd(f0, TSimd.Load(b + j), TSimd.Load(c + j));
            sum = TSimd.MultiplyAdd(f1, TSimd.Load(b + ldb + j), sum);
            sum = TSimd.MultiplyAdd(f2, TSimd.Load(b + (2 * ldb) + j), sum);
            sum = TSimd.MultiplyAdd(f3, TSimd.Load(b + (3 * ldb) + j), sum);
            sum = TSimd.MultiplyAdd(f4, TSimd.Load(b4 + j), sum);
            sum = TSimd.MultiplyAdd(f5, TSimd.Load(b4 + ldb + j), sum);
            sum = TSimd.MultiplyAdd(f6, TSimd.Load(b4 + (2 * ldb) + j), sum);
            TSimd.Store(TSimd.MultiplyAdd(f7, TSimd.Load(b4 + (3 * ldb) + j), sum), c + j);
        }

        for (; j < columns; j++)
        {
            for (int r = 0; r < 8; r++)
                c[j] = (factors[r] * b[(r * ldb) + j]) + c[j];
        }
    }

    private static void One(T* b, T factor, T* c, int columns)
    {
        TVector f = TSimd.Broadcast(factor);
        int j = 0;
        for (; j <= columns - TSimd.Count; j += TSimd.Count)
            TSimd.Store(TSimd.MultiplyAdd(f, TSimd.Load(b + j), TSimd.Load(c + j)), c + j);
        for (; j < columns; j++)
            c[j] = (factor * b[j]) + c[j];
    }

    private readonly T Left(int p) => problem.A[p * (problem.TransposeA ? problem.Lda : 1)];
}

/// <summary>Chooses the vector width at run time.</summary>
internal static unsafe class RowProduct
{
    /// <summary>Computes a product whose left operand has one row.</summary>
    public static void Run<T>(in GemmProblem<T> problem, T* b, nint ldb, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        switch (width)
        {
            case SimdWidth.Vector512: RowProduct<T, Vector512<T>, Simd512<T>>.Run(problem, b, ldb, workers); break;
            case SimdWidth.Vector256: RowProduct<T, Vector256<T>, Simd256<T>>.Run(problem, b, ldb, workers); break;
            default: RowProduct<T, Vector128<T>, Simd128<T>>.Run(problem, b, ldb, workers); break;
        }
    }
}
