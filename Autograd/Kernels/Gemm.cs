using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>General matrix multiplication, row-major: C = α·op(A)·op(B) + β·C, op(X) = X or Xᵀ.</summary>
/// <remarks>
/// op(A) is [m, k], op(B) is [k, n], C is [m, n]; a leading dimension is the distance between rows as stored. With β = 0 C is not
/// read, so NaN in it does not matter. An element's bits depend on the shapes and the vector width, not on the number of threads.
/// </remarks>
internal static unsafe class Gemm
{
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
        GemmEpilogue<T> epilogue = default)
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
            if (m == 1 && !transposeB)
                RowProduct.Run(problem, pb, ldb, width, workers);
            else
                GemmJob.Run(problem, new MatrixPanel<T>(pb, ldb, transposeB), width, workers);
        }
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
