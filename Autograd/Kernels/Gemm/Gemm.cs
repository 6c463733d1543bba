using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>General matrix multiplication, row-major: C = α·op(A)·op(B) + β·C, op(X) = X or Xᵀ.</summary>
/// <remarks>
/// op(A) is [m, k], op(B) is [k, n], C is [m, n]; a leading dimension is the distance between rows as stored. With β = 0 C is not
/// read, so NaN in it does not matter. Long sums are cut into pieces that are joined pairwise, so the error grows with the logarithm of k. An element's bits depend on the shapes and the vector width, not on the number of threads.
/// </remarks>
internal static unsafe class Gemm
{
    // Sums up to these lengths are chains of blocks; the error of longer ones would show.
    private const int LongRow = 4096, LongSum = 16 * 1024;

    /// <summary>Multiplies in single precision.</summary>
    public static void Multiply(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float alpha,
        ReadOnlySpan<float> a,
        int lda,
        ReadOnlySpan<float> b,
        int ldb,
        float beta,
        Span<float> c,
        int ldc,
        Workers workers,
        GemmEpilogue<float> epilogue = default) =>
        Multiply(SimdWidths.Best, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, workers, epilogue);

    /// <summary>Multiplies in double precision.</summary>
    public static void Multiply(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        double alpha,
        ReadOnlySpan<double> a,
        int lda,
        ReadOnlySpan<double> b,
        int ldb,
        double beta,
        Span<double> c,
        int ldc,
        Workers workers,
        GemmEpilogue<double> epilogue = default) =>
        Multiply(SimdWidths.Best, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, workers, epilogue);

    /// <summary>Multiplies with vectors of a given width; T is float or double.</summary>
    public static void Multiply<T>(
        SimdWidth width,
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        T alpha,
        ReadOnlySpan<T> a,
        int lda,
        ReadOnlySpan<T> b,
        int ldb,
        T beta,
        Span<T> c,
        int ldc,
        Workers workers,
        GemmEpilogue<T> epilogue = default,
        Storage? packed = null)
        where T : unmanaged, INumber<T>
    {
        RequireMatrix("A", a.Length, transposeA ? k : m, transposeA ? m : k, lda);
        RequireMatrix("B", b.Length, transposeB ? n : k, transposeB ? k : n, ldb);
        RequireMatrix("C", c.Length, m, n, ldc);
        if (!epilogue.Bias.IsEmpty && epilogue.Bias.Length < n)
            throw new ArgumentException($"The bias of a product with {n} columns needs {n} values; it has {epilogue.Bias.Length}.", nameof(epilogue));
        if (m == 0 || n == 0)
            return;

        fixed (T* pa = a, pb = b, pc = c, bias = epilogue.Bias)
        {
            GemmProblem<T> problem = new()
            {
                M = m,
                N = n,
                K = k,
                Alpha = alpha,
                Beta = beta,
                A = pa,
                Lda = lda,
                TransposeA = transposeA,
                C = pc,
                Ldc = ldc,
                ColumnBias = bias,
                Relu = epilogue.Relu,
            };
            Run(problem, pb, ldb, transposeB, width, workers, packed);
        }
    }

    private static void Run<T>(
        in GemmProblem<T> problem, T* b, int ldb, bool transposeB, SimdWidth width, Workers workers, Storage? packed = null)
        where T : unmanaged, INumber<T>
    {
        (int m, int n, int k) = (problem.M, problem.N, problem.K);
        int lanes = SimdWidths.Lanes<T>(width);
        if (m == 1 && !transposeB && k > LongRow)
            LongRowProduct<T>.Run(problem, b, ldb, workers);
        else if (k > (m == 1 ? LongRow : LongSum))
            RunHalves(problem, b, ldb, transposeB, width, workers);
        else if (n <= lanes && m >= 2 * lanes && k > 0)
            MultiplyNarrow(problem, b, ldb, transposeB, width, workers);
        else if (m == 1 && packed is not null && !transposeB && n >= lanes)
            PackedRowProduct.Run(problem, Panel<T>(packed, n, width), width, workers);
        else if (m == 1 && !transposeB)
            RowProduct.Run(problem, b, ldb, width, workers);
        else if (m == 1)
            RowDotProduct.Run(problem, b, ldb, width, workers);
        else if (packed is not null)
            GemmJob.Run(problem, Panel<T>(packed, n, width), width, workers);
        else
            GemmJob.Run(problem, new MatrixPanel<T>(b, ldb, transposeB), width, workers);
    }

    // Where the cut lies follows from k alone, so bits do not depend on how the work is split.
    private static void RunHalves<T>(in GemmProblem<T> problem, T* b, int ldb, bool transposeB, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        int first = ((problem.K / 2) + 511) / 512 * 512;
        using Scratch scratch = workers.Rent((long)problem.M * problem.N * sizeof(T));
        T* sums = (T*)scratch.Pointer;
        Run(problem with { K = first, ColumnBias = null, RowBias = null, Relu = false }, b, ldb, transposeB, width, workers);
        Run(
            problem with
            {
                K = problem.K - first,
                A = problem.A + (problem.TransposeA ? (nint)first * problem.Lda : first),
                Beta = T.Zero,
                C = sums,
                Ldc = problem.N,
                ColumnBias = null,
                RowBias = null,
                Relu = false,
            },
            b + (transposeB ? first : (nint)first * ldb),
            ldb,
            transposeB,
            width,
            workers);
        for (int row = 0; row < problem.M; row++)
        {
            T* c = problem.C + (row * problem.Ldc);
            for (int column = 0; column < problem.N; column++)
            {
                T value = c[column] + sums[((nint)row * problem.N) + column];
                value += problem.ColumnBias is null ? T.Zero : problem.ColumnBias[column];
                value += problem.RowBias is null ? T.Zero : problem.RowBias[row];
                c[column] = problem.Relu && value < T.Zero ? T.Zero : value;
            }
        }
    }

    // A few columns would leave most of a tile empty: Cᵀ = op(B)ᵀ·op(A)ᵀ has long rows instead. The sums, and so the bits, are the same.
    private static void MultiplyNarrow<T>(in GemmProblem<T> problem, T* b, int ldb, bool transposeB, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        using Scratch scratch = workers.Rent((long)problem.M * problem.N * sizeof(T));
        GemmProblem<T> turned = problem with
        {
            M = problem.N,
            N = problem.M,
            A = b,
            Lda = ldb,
            TransposeA = !transposeB,
            Beta = T.Zero,
            Relu = problem.Relu && problem.Beta == T.Zero,
            C = (T*)scratch.Pointer,
            Ldc = problem.M,
            ColumnBias = null,
            RowBias = problem.ColumnBias,
        };
        GemmJob.Run(turned, new MatrixPanel<T>(problem.A, problem.Lda, !problem.TransposeA), width, workers);
        if (problem.Beta == T.Zero)
            GemmPacking.Transpose((T*)scratch.Pointer, problem.M, problem.N, problem.M, problem.Ldc, problem.C);
        else
            AddTransposed((T*)scratch.Pointer, problem);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTransposed<T>(T* sums, in GemmProblem<T> problem)
        where T : unmanaged, INumber<T>
    {
        T* c = problem.C;
        for (int row = 0; row < problem.M; row++, c += problem.Ldc)
        {
            for (int column = 0; column < problem.N; column++)
            {
                T value = (problem.Beta * c[column]) + sums[((nint)column * problem.M) + row];
                c[column] = problem.Relu && value < T.Zero ? T.Zero : value;
            }
        }
    }

    /// <summary>Packs op(B), [k, n], so that products with it need not: the last argument of <see cref="Multiply{T}"/>, beside B itself.</summary>
    public static Storage Pack<T>(SimdWidth width, bool transposeB, int n, int k, ReadOnlySpan<T> b, int ldb)
        where T : unmanaged, INumber<T>
    {
        RequireMatrix("B", b.Length, transposeB ? n : k, transposeB ? k : n, ldb);
        fixed (T* pb = b)
        {
            MatrixPanel<T> panel = new(pb, ldb, transposeB);
            return SimdWidths.Compiled(width) switch
            {
                SimdWidth.Vector512 => PackAll<T, Vector512<T>, Simd512<T>>(panel, k, n),
                SimdWidth.Vector256 => PackAll<T, Vector256<T>, Simd256<T>>(panel, k, n),
                _ => PackAll<T, Vector128<T>, Simd128<T>>(panel, k, n),
            };
        }
    }

    private static Storage PackAll<T, TVector, TSimd>(in MatrixPanel<T> panel, int k, int n)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        Storage packed = new(GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.PackedCount(k, n) * sizeof(T));
        GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.Pack(panel, k, n, (T*)packed.Address);
        return packed;
    }

    private static PackedPanel<T> Panel<T>(Storage packed, int n, SimdWidth width)
        where T : unmanaged
    {
        int columns = 2 * SimdWidths.Lanes<T>(width);
        return new PackedPanel<T>((T*)packed.Address, (int)(((long)n + columns - 1) / columns), columns);
    }

    private static void RequireMatrix(string name, int length, int rows, int columns, int leading)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (rows == 0 || columns == 0)
            return;
        long needed = ((long)(rows - 1) * leading) + columns;
        if (leading < columns || length < needed)
            throw new ArgumentException($"{name} is [{rows}, {columns}] with leading dimension {leading} and needs {needed} values; the span has {length}.");
    }
}
