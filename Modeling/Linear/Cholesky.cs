namespace Toolkit.Modeling.Linear;

/// <summary>Small symmetric positive definite systems by A = LLᵀ.</summary>
internal static class Cholesky
{
    /// <summary>A⁻¹b.</summary>
    /// <exception cref="ArgumentException">A is not positive definite.</exception>
    public static double[] Solve(double[,] matrix, double[] right)
    {
        int n = right.Length;
        var l = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = matrix[i, j];
                for (int k = 0; k < j; k++)
                    sum -= l[i, k] * l[j, k];
                if (i == j && !(sum > 1e-14 * matrix[i, i]))
                    throw new ArgumentException($"Expected linearly independent columns, found that column {i} depends on those before it.", nameof(matrix));
                l[i, j] = i == j ? Math.Sqrt(sum) : sum / l[j, j];
            }
        }

        var x = new double[n];
        for (int i = 0; i < n; i++)
        {
            double sum = right[i];
            for (int k = 0; k < i; k++)
                sum -= l[i, k] * x[k];
            x[i] = sum / l[i, i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            double sum = x[i];
            for (int k = i + 1; k < n; k++)
                sum -= l[k, i] * x[k];
            x[i] = sum / l[i, i];
        }

        return x;
    }
}
