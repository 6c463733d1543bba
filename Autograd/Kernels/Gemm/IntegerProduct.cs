using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Matrix products of integers; sums wrap.</summary>
internal static class IntegerProduct
{
    /// <summary>C = C + α·A·B, row by row of B, so that the inner loop runs over neighbours.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="alpha">The factor.</param>
    /// <param name="a">A.</param>
    /// <param name="stepsA">From one row, and from one column, of A to the next.</param>
    /// <param name="b">B.</param>
    /// <param name="stepsB">From one row, and from one column, of B to the next.</param>
    /// <param name="c">C, row-major.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(
        int m, int n, int k, T alpha, ReadOnlySpan<T> a, (int Row, int Column) stepsA, ReadOnlySpan<T> b, (int Row, int Column) stepsB, Span<T> c)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < m; i++)
        {
            Span<T> row = c.Slice(i * n, n);
            for (int p = 0; p < k; p++)
            {
                T factor = alpha * a[(i * stepsA.Row) + (p * stepsA.Column)];
                if (stepsB.Column == 1)
                {
                    TensorPrimitives.MultiplyAdd(b.Slice(p * stepsB.Row, n), factor, row, row);
                    continue;
                }

                for (int j = 0; j < n; j++)
                    row[j] += factor * b[(p * stepsB.Row) + (j * stepsB.Column)];
            }
        }
    }
}
