namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>A·W = B for a positive definite A, by Cholesky's factors.</summary>
internal static class NormalEquations
{
    /// <param name="a">A, symmetric; overwritten by its factor.</param>
    /// <param name="b">B, with as many rows as A.</param>
    /// <returns>W in row-major order.</returns>
    public static double[] Solve(double[,] a, double[,] b)
    {
        int n = a.GetLength(0), columns = b.GetLength(1);
        double[][] l = [.. Enumerable.Range(0, n).Select(_ => new double[n])];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = a[i, j] - System.Numerics.Tensors.TensorPrimitives.Dot<double>(l[i].AsSpan(0, j), l[j].AsSpan(0, j));
                l[i][j] = i > j ? rest / l[j][j] : rest > 0 ? Math.Sqrt(rest) : throw new InvalidOperationException($"Expected independent columns, found number {i} to depend on those before.");
            }
        }

        var w = new double[n * columns];
        for (int c = 0; c < columns; c++)
        {
            for (int i = 0; i < n; i++)
            {
                double rest = b[i, c];
                for (int j = 0; j < i; j++)
                    rest -= l[i][j] * w[(j * columns) + c];
                w[(i * columns) + c] = rest / l[i][i];
            }

            for (int i = n - 1; i >= 0; i--)
            {
                double rest = w[(i * columns) + c];
                for (int j = i + 1; j < n; j++)
                    rest -= l[j][i] * w[(j * columns) + c];
                w[(i * columns) + c] = rest / l[i][i];
            }
        }

        return w;
    }
}
