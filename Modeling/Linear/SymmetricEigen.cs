namespace Toolkit.Modeling.Linear;

/// <summary>All eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to a tridiagonal matrix, then QL steps with implicit shifts. About
/// 10n³ operations. Source: Bowdler, Martin, Reinsch, Wilkinson 1968 (tred2 and tql2 of EISPACK); book section 2.7.</summary>
internal static class SymmetricEigen
{
    /// <summary>The eigenvalues in ascending order, and an eigenvector of length 1 for each.</summary>
    public static (double[] Values, double[][] Vectors) Of(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        // v[j] is column j: all inner loops run along one.
        var v = new double[n][];
        for (int j = 0; j < n; j++)
        {
            v[j] = new double[n];
            for (int i = 0; i < n; i++)
                v[j][i] = matrix[i, j];
        }

        var d = new double[n];
        var e = new double[n];
        Tridiagonalize(v, d, e);
        Diagonalize(v, d, e);
        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => d[i])];
        return ([.. order.Select(i => d[i])], [.. order.Select(i => v[i])]);
    }

    private static void Tridiagonalize(double[][] v, double[] d, double[] e)
    {
        int n = d.Length;
        for (int j = 0; j < n; j++)
            d[j] = v[j][n - 1];
        for (int i = n - 1; i > 0; i--)
        {
            double h = 0.0, scale = d.AsSpan(0, i).ToArray().Sum(Math.Abs);
            if (scale == 0.0)
            {
                e[i] = d[i - 1];
                for (int j = 0; j < i; j++)
                {
                    d[j] = v[j][i - 1];
                    v[j][i] = v[i][j] = 0.0;
                }
            }
            else
            {
                h = Reflect(v, d, e, i, scale);
            }

            d[i] = h;
        }

        Accumulate(v, d);
        e[0] = 0.0;
    }

    /// <summary>One reflection, which clears row i left of the diagonal's neighbour.</summary>
    private static double Reflect(double[][] v, double[] d, double[] e, int i, double scale)
    {
        double h = 0.0;
        for (int k = 0; k < i; k++)
        {
            d[k] /= scale;
            h += d[k] * d[k];
        }

        double f = d[i - 1], g = f > 0.0 ? -Math.Sqrt(h) : Math.Sqrt(h);
        e[i] = scale * g;
        h -= f * g;
        d[i - 1] = f - g;
        e.AsSpan(0, i).Clear();
        for (int j = 0; j < i; j++)
        {
            double[] column = v[j];
            f = d[j];
            v[i][j] = f;
            g = e[j] + (column[j] * f);
            for (int k = j + 1; k < i; k++)
            {
                g += column[k] * d[k];
                e[k] += column[k] * f;
            }

            e[j] = g;
        }

        double sum = 0.0;
        for (int j = 0; j < i; j++)
        {
            e[j] /= h;
            sum += e[j] * d[j];
        }

        double half = sum / (h + h);
        for (int j = 0; j < i; j++)
            e[j] -= half * d[j];
        for (int j = 0; j < i; j++)
        {
            double[] column = v[j];
            (f, g) = (d[j], e[j]);
            for (int k = j; k < i; k++)
                column[k] -= (f * e[k]) + (g * d[k]);
            d[j] = column[i - 1];
            column[i] = 0.0;
        }

        return h;
    }

    /// <summary>The product of the reflections.</summary>
    private static void Accumulate(double[][] v, double[] d)
    {
        int n = d.Length;
        for (int i = 0; i < n - 1; i++)
        {
            v[i][n - 1] = v[i][i];
            v[i][i] = 1.0;
            double h = d[i + 1];
            double[] next = v[i + 1];
            if (h != 0.0)
            {
                for (int k = 0; k <= i; k++)
                    d[k] = next[k] / h;
                for (int j = 0; j <= i; j++)
                {
                    double[] column = v[j];
                    double g = 0.0;
                    for (int k = 0; k <= i; k++)
                        g += next[k] * column[k];
                    for (int k = 0; k <= i; k++)
                        column[k] -= g * d[k];
                }
            }

            next.AsSpan(0, i + 1).Clear();
        }

        for (int j = 0; j < n; j++)
        {
            d[j] = v[j][n - 1];
            v[j][n - 1] = 0.0;
        }

        v[n - 1][n - 1] = 1.0;
    }

    private static void Diagonalize(double[][] v, double[] d, double[] e)
    {
        int n = d.Length;
        e.AsSpan(1).CopyTo(e);
        e[n - 1] = 0.0;
        double shift = 0.0, greatest = 0.0;
        for (int l = 0; l < n; l++)
        {
            greatest = Math.Max(greatest, Math.Abs(d[l]) + Math.Abs(e[l]));
            double small = double.Epsilon + (greatest * (1.0 / (1L << 52)));
            int m = l;
            while (m < n - 1 && Math.Abs(e[m]) > small)
                m++;
            while (m > l && Math.Abs(e[l]) > small)
                shift += Sweep(v, d, e, l, m);
            d[l] += shift;
            e[l] = 0.0;
        }
    }

    /// <summary>One implicit QL step on rows l to m; gives the shift that it took off the diagonal.</summary>
    private static double Sweep(double[][] v, double[] d, double[] e, int l, int m)
    {
        double g = d[l], p = (d[l + 1] - g) / (2.0 * e[l]), r = double.Hypot(p, 1.0);
        r = p < 0.0 ? -r : r;
        d[l] = e[l] / (p + r);
        d[l + 1] = e[l] * (p + r);
        double after = d[l + 1], shift = g - d[l], beside = e[l + 1];
        for (int i = l + 2; i < d.Length; i++)
            d[i] -= shift;
        p = d[m];
        double c = 1.0, c2 = 1.0, c3 = 1.0, s = 0.0, s2 = 0.0;
        for (int i = m - 1; i >= l; i--)
        {
            (c3, c2, s2) = (c2, c, s);
            g = c * e[i];
            double h = c * p;
            r = double.Hypot(p, e[i]);
            e[i + 1] = s * r;
            s = e[i] / r;
            c = p / r;
            p = (c * d[i]) - (s * g);
            d[i + 1] = h + (s * ((c * g) + (s * d[i])));
            double[] left = v[i], right = v[i + 1];
            for (int k = 0; k < left.Length; k++)
                (left[k], right[k]) = ((c * left[k]) - (s * right[k]), (s * left[k]) + (c * right[k]));
        }

        p = -s * s2 * c3 * beside * e[l] / after;
        e[l] = s * p;
        d[l] = c * p;
        return shift;
    }
}
