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
        int step = Step(problem.N, parts);
        workers.For(
            workers.Threads == 1 ? 1 : (int)(((long)problem.N + step - 1) / step),
            new RowProduct<T, TVector, TSimd> { problem = problem, b = b, ldb = ldb, step = workers.Threads == 1 ? problem.N : step });
    }

    /// <summary>The columns of a part: whole cache lines.</summary>
    internal static int Step(int columns, int parts) => (int)Math.Clamp(((((long)columns + parts - 1) / parts) + 15) / 16 * 16, 16, int.MaxValue);

    public readonly void Execute(int index, int participant)
    {
        int first = index * step, columns = Math.Min(step, problem.N - first);
        T* c = problem.C + first;
        Rows(b + first, c, columns);
        Finish(problem, first, columns);
    }

    /// <summary>c = β·c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Begin(T beta, T* c, int columns)
    {
        if (beta == T.Zero)
        {
            new Span<T>(c, columns).Clear();
        }
        else if (beta != T.One)
        {
            for (int j = 0; j < columns; j++)
                c[j] *= beta;
        }
    }

    /// <summary>Applies bias and rectifier to some columns of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Finish(in GemmProblem<T> problem, int first, int columns)
    {
        T* c = problem.C + first;
        T* bias = problem.ColumnBias is null ? null : problem.ColumnBias + first;
        TVector row = TSimd.Broadcast(problem.RowBias is null ? T.Zero : problem.RowBias[0]);
        if (bias is null && problem.RowBias is null && !problem.Relu)
            return;
        int j = 0;
        for (; j <= columns - TSimd.Count; j += TSimd.Count)
        {
            TVector value = TSimd.Load(c + j);
            if (bias is not null)
                value = TSimd.Add(value, TSimd.Load(bias + j));
            if (problem.RowBias is not null)
                value = TSimd.Add(value, row);
            TSimd.Store(problem.Relu ? TSimd.Relu(value) : value, c + j);
        }

        for (; j < columns; j++)
        {
            T value = c[j];
            if (bias is not null)
                value += bias[j];
            if (problem.RowBias is not null)
                value += problem.RowBias[0];
            c[j] = problem.Relu && value < T.Zero ? T.Zero : value;
        }
    }

    // c += a[p]·B[p, ...], four rows at a time: c is not read and written for each, and the hardware still foresees every row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Rows(T* b, T* c, int columns)
    {
        Begin(problem.Beta, c, columns);
        int whole = columns / TSimd.Count * TSimd.Count, p = 0;
        for (; whole > 0 && p <= problem.K - 4; p += 4)
            Four(b + (p * ldb), Factor(p), Factor(p + 1), Factor(p + 2), Factor(p + 3), c, whole);
        for (; whole > 0 && p < problem.K; p++)
            One(b + (p * ldb), Factor(p), c, whole);
        if (whole < columns)
            Rest(b + whole, c + whole, columns - whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Four(T* b, T factor0, T factor1, T factor2, T factor3, T* c, int columns)
    {
        TVector f0 = TSimd.Broadcast(factor0), f1 = TSimd.Broadcast(factor1), f2 = TSimd.Broadcast(factor2), f3 = TSimd.Broadcast(factor3);
        for (int j = 0; j < columns; j += TSimd.Count)
        {
            TVector sum = TSimd.MultiplyAdd(f0, TSimd.Load(b + j), TSimd.Load(c + j));
            sum = TSimd.MultiplyAdd(f1, TSimd.Load(b + ldb + j), sum);
            sum = TSimd.MultiplyAdd(f2, TSimd.Load(b + (2 * ldb) + j), sum);
            TSimd.Store(TSimd.MultiplyAdd(f3, TSimd.Load(b + (3 * ldb) + j), sum), c + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(T* b, T factor, T* c, int columns)
    {
        TVector f = TSimd.Broadcast(factor);
        for (int j = 0; j < columns; j += TSimd.Count)
            TSimd.Store(TSimd.MultiplyAdd(f, TSimd.Load(b + j), TSimd.Load(c + j)), c + j);
    }

    // Fewer columns than a vector has: what is read beyond them is thrown away, but nothing beyond the last row may be read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Rest(T* b, T* c, int columns)
    {
        T* sums = stackalloc T[TSimd.Count];
        T* row = stackalloc T[TSimd.Count];
        new Span<T>(sums, TSimd.Count).Clear();
        new Span<T>(row, TSimd.Count).Clear();
        new ReadOnlySpan<T>(c, columns).CopyTo(new Span<T>(sums, columns));
        int step = (int)Math.Min(ldb, TSimd.Count), safe = Math.Max(0, problem.K - ((TSimd.Count + step - 1) / step));
        Chain(0, safe, b, sums);
        for (int p = safe; p < problem.K; p++)
        {
            new ReadOnlySpan<T>(b + (p * ldb), columns).CopyTo(new Span<T>(row, columns));
            Chain(p, p + 1, row, sums);
        }

        new ReadOnlySpan<T>(sums, columns).CopyTo(new Span<T>(c, columns));
    }

    // Adds some rows, the first of which is given, to one vector of sums. Nothing is called, so that they stay in a register.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Chain(int from, int to, T* row, T* sums)
    {
        nint leftStep = problem.TransposeA ? problem.Lda : 1, step = ldb;
        T* left = problem.A + (from * leftStep);
        T alpha = problem.Alpha;
        TVector sum = TSimd.Load(sums);
        for (int p = from; p < to; p++, left += leftStep, row += step)
            sum = TSimd.MultiplyAdd(TSimd.Broadcast(alpha * *left), TSimd.Load(row), sum);
        TSimd.Store(sum, sums);
    }

    private readonly T Factor(int p) => problem.Alpha * Left(p);

    private readonly T Left(int p) => problem.A[p * (problem.TransposeA ? problem.Lda : 1)];
}

/// <summary>Chooses the vector width at run time.</summary>
internal static unsafe class RowProduct
{
    /// <summary>Computes a product whose left operand has one row.</summary>
    public static void Run<T>(in GemmProblem<T> problem, T* b, nint ldb, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: RowProduct<T, Vector512<T>, Simd512<T>>.Run(problem, b, ldb, workers); break;
            case SimdWidth.Vector256: RowProduct<T, Vector256<T>, Simd256<T>>.Run(problem, b, ldb, workers); break;
            default: RowProduct<T, Vector128<T>, Simd128<T>>.Run(problem, b, ldb, workers); break;
        }
    }
}
