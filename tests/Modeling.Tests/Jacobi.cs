namespace Toolkit.Modeling.Tests;

/// <summary>All eigenvalues and eigenvectors of a small symmetric matrix by plane rotations. Source: Jacobi 1846; Golub, Van Loan, "Matrix computations",
/// section 8.5.</summary>
internal static class Jacobi
{
    /// <summary>The eigenvalues in ascending order, and the eigenvectors as columns.</summary>
    public static (double[] Values, double[,] Vectors) Eigen(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        var a = (double[,])matrix.Clone();
        var v = new double[n, n];
        for (int i = 0; i < n; i++)
            v[i, i] = 1.0;
        for (int sweep = 0; sweep < 60 && OffDiagonal(a) > 0.0; sweep++)
        {
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                    Rotate(a, v, p, q);
            }
        }

        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => a[i, i])];
        var sorted = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                sorted[i, j] = v[i, order[j]];
        }

        return ([.. order.Select(i => a[i, i])], sorted);
    }

    private static double OffDiagonal(double[,] a)
    {
        double sum = 0.0, all = 0.0;
        int n = a.GetLength(0);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                all += a[i, j] * a[i, j];
                if (i != j)
                    sum += a[i, j] * a[i, j];
            }
        }

        return sum <= 1e-32 * all ? 0.0 : sum;
    }

    private static void Rotate(double[,] a, double[,] v, int p, int q)
    {
        if (a[p, q] == 0.0)
            return;
        double theta = (a[q, q] - a[p, p]) / (2.0 * a[p, q]);
        double t = (theta >= 0.0 ? 1.0 : -1.0) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1.0));
        double c = 1.0 / Math.Sqrt((t * t) + 1.0), s = t * c;
        int n = a.GetLength(0);
        for (int k = 0; k < n; k++)
            (a[k, p], a[k, q]) = ((c * a[k, p]) - (s * a[k, q]), (s * a[k, p]) + (c * a[k, q]));
        for (int k = 0; k < n; k++)
        {
            (a[p, k], a[q, k]) = ((c * a[p, k]) - (s * a[q, k]), (s * a[p, k]) + (c * a[q, k]));
            (v[k, p], v[k, q]) = ((c * v[k, p]) - (s * v[k, q]), (s * v[k, p]) + (c * v[k, q]));
        }
    }
}
