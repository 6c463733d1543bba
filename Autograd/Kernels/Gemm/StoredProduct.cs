using System.Numerics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Products whose right operand is taken as it is stored: in the type of the product, or in a half type, whose numbers are widened panel by panel.</summary>
internal static unsafe class StoredProduct
{
    /// <summary>C = α·op(A)·op(B) + β·C, then bias and rectifier: see <see cref="Gemm"/>.</summary>
    public static void Multiply<T>(
        bool transposeA,
        bool transposeB,
        (int M, int N, int K) sizes,
        T alpha,
        Value a,
        Value b,
        T beta,
        Value c,
        Workers workers,
        GemmEpilogue<T> epilogue,
        Storage? packed)
        where T : unmanaged, INumber<T>
    {
        (int m, int n, int k) = sizes;
        int lda = transposeA ? m : k, ldb = transposeB ? k : n;
        if (!b.DType.IsHalf())
        {
            Gemm.Multiply(SimdWidths.Best, transposeA, transposeB, m, n, k, alpha, a.Span<T>(), lda, b.Span<T>(), ldb, beta, c.Span<T>(), n, workers, epilogue, packed);
            return;
        }

        if (m == 0 || n == 0)
            return;
        fixed (T* bias = epilogue.Bias)
        {
            GemmProblem<T> problem = new()
            {
                M = m,
                N = n,
                K = k,
                Alpha = alpha,
                Beta = beta,
                A = a.Pointer<T>(),
                Lda = lda,
                TransposeA = transposeA,
                C = c.Pointer<T>(),
                Ldc = n,
                ColumnBias = bias,
                Relu = epilogue.Relu,
            };
            GemmJob.Run(problem, new HalfPanel<T>(b.Pointer<ushort>(), b.DType, ldb, transposeB), SimdWidths.Best, workers);
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
    }
}
