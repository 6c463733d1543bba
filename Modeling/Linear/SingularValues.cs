using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Linear;

/// <summary>The singular value decomposition A = U·diag(s)·Vᵀ of a small matrix by one-sided plane rotations, which keeps small singular values accurate.
/// Source: Hestenes 1958; book section 2.8.</summary>
internal static class SingularValues
{
    /// <summary>Decomposes a matrix of columns: U and V as lists of columns, s in descending order. Columns of U that belong to s = 0 are 0.</summary>
    public static (double[][] U, double[] S, double[][] V) Of(double[][] columns)
    {
        int n = columns.Length;
        // Near 1, squares of the numbers neither overflow nor vanish.
        int exponent = Vectors.Exponent([.. columns.Select(column => column.Max(Math.Abs))]);
        double[][] u = [.. columns.Select(column => Vectors.Shifted(column, -exponent))];
        double[][] v = [.. Enumerable.Range(0, n).Select(i => Unit(n, i))];
        bool turned = true;
        for (int sweep = 0; sweep < 60 && turned; sweep++)
        {
            turned = false;
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                    turned |= Orthogonalize(u, v, p, q);
            }
        }

        double[] s = [.. u.Select(column => Math.Sqrt(column.Sum(x => x * x)))];
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => s[i])];
        return (
            [.. order.Select(i => s[i] > 0.0 ? [.. u[i].Select(x => x / s[i])] : u[i])],
            [.. order.Select(i => Math.ScaleB(s[i], exponent))],
            [.. order.Select(i => v[i])]);
    }

    /// <summary>Turns two columns until they are orthogonal; false if they already were.</summary>
    private static bool Orthogonalize(double[][] u, double[][] v, int p, int q)
    {
        double a = 0.0, b = 0.0, c = 0.0;
        for (int i = 0; i < u[p].Length; i++)
        {
            a += u[p][i] * u[p][i];
            b += u[q][i] * u[q][i];
            c += u[p][i] * u[q][i];
        }

        if (c == 0.0 || Math.Abs(c) <= 1e-16 * Math.Sqrt(a * b))
            return false;
        double zeta = (b - a) / (2.0 * c);
        double t = (zeta >= 0.0 ? 1.0 : -1.0) / (Math.Abs(zeta) + Math.Sqrt(1.0 + (zeta * zeta)));
        double cos = 1.0 / Math.Sqrt(1.0 + (t * t)), sin = cos * t;
        Turn(u[p], u[q], cos, sin);
        Turn(v[p], v[q], cos, sin);
        return true;
    }

    private static void Turn(double[] x, double[] y, double cos, double sin)
    {
        for (int i = 0; i < x.Length; i++)
            (x[i], y[i]) = ((cos * x[i]) - (sin * y[i]), (sin * x[i]) + (cos * y[i]));
    }

    private static double[] Unit(int n, int i)
    {
        var unit = new double[n];
        unit[i] = 1.0;
        return unit;
    }
}
