using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>An approximate eigenvalue with its eigenvector.</summary>
/// <param name="Value">λ.</param>
/// <param name="Vector">v, of length 1.</param>
/// <param name="Residual">‖Av − λv‖: an eigenvalue lies within this distance of λ.</param>
public sealed record Eigenpair(double Value, IReadOnlyList<double> Vector, double Residual);

/// <summary>
/// Eigenvalues of a symmetric matrix that is given by its products alone, such as a Hessian (book equation 6.59): the extreme ones come first and after few
/// products, each distinct one once, and on a matrix with m distinct eigenvalues it ends after m products. Source: Lanczos 1950; for what extreme
/// eigenvalues of the Hessian say, book sections 4.3.1 and 8.2.3.
/// </summary>
public static class Lanczos
{
    /// <summary>Approximate eigenpairs in ascending order.</summary>
    /// <param name="product">v → Av.</param>
    /// <param name="size">The size of the matrix.</param>
    /// <param name="steps">The greatest number of products, at least 1.</param>
    /// <param name="random">Gives the vector to begin with.</param>
    public static IReadOnlyList<Eigenpair> Eigenpairs(Func<double[], double[]> product, int size, int steps, RandomSource random)
    {
        Settings.AtLeastOne(size);
        Settings.AtLeastOne(steps);
        var basis = new List<double[]>();
        var diagonal = new List<double>();
        var beside = new List<double>();
        double[] next = [.. Enumerable.Range(0, size).Select(_ => random.NextNormal())];
        next = Vectors.Scaled(1.0 / Vectors.Norm(next), next);
        double scale = 0.0, last = 0.0;
        for (int step = 0; step < Math.Min(steps, size); step++)
        {
            basis.Add(next);
            double[] image = product(next);
            diagonal.Add(Vectors.Dot(image, next));
            scale = Math.Max(scale, Vectors.Norm(image));
            // Made orthogonal to the whole basis, twice: without it rounding brings found eigenvalues back as copies.
            for (int pass = 0; pass < 2; pass++)
            {
                foreach (double[] vector in basis)
                    image = Vectors.Along(image, -Vectors.Dot(image, vector), vector);
            }

            last = Vectors.Norm(image);
            if (last <= 1e-10 * scale)
            {
                last = 0.0;
                break;
            }

            beside.Add(last);
            next = Vectors.Scaled(1.0 / last, image);
        }

        (double[] values, double[][] vectors) = SymmetricEigen.Of(Tridiagonal(diagonal, beside));
        return [.. values.Select((value, i) => new Eigenpair(value, Combine(basis, vectors[i]), last * Math.Abs(vectors[i][^1])))];
    }

    private static double[,] Tridiagonal(List<double> diagonal, List<double> beside)
    {
        var matrix = new double[diagonal.Count, diagonal.Count];
        for (int i = 0; i < diagonal.Count; i++)
        {
            matrix[i, i] = diagonal[i];
            if (i > 0)
                matrix[i, i - 1] = matrix[i - 1, i] = beside[i - 1];
        }

        return matrix;
    }

    private static double[] Combine(List<double[]> basis, double[] factors)
    {
        var sum = new double[basis[0].Length];
        for (int i = 0; i < basis.Count; i++)
            sum = Vectors.Along(sum, factors[i], basis[i]);
        return sum;
    }
}
