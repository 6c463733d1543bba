using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>An approximate eigenvalue with its eigenvector.</summary>
/// <param name="Value">λ.</param>
/// <param name="Vector">v, of length 1.</param>
/// <param name="Residual">‖Av − λv‖: an eigenvalue lies within this distance of λ.</param>
public sealed record Eigenpair(double Value, IReadOnlyList<double> Vector, double Residual);

/// <summary>A point of a spectrum.</summary>
/// <param name="Eigenvalue">λ.</param>
/// <param name="Share">The share of all eigenvalues that lie near it.</param>
public sealed record SpectrumPoint(double Eigenvalue, double Share);

/// <summary>An estimate of how the eigenvalues of a symmetric matrix are spread.</summary>
/// <param name="Points">The points in ascending order; their shares sum to 1.</param>
/// <param name="Size">The size of the matrix.</param>
/// <param name="TraceError">The standard error of <see cref="Trace"/>; NaN for a single vector.</param>
public sealed record Spectrum(IReadOnlyList<SpectrumPoint> Points, int Size, double TraceError)
{
    /// <summary>The sum of all eigenvalues.</summary>
    public double Trace => Size * Points.Sum(point => point.Eigenvalue * point.Share);

    /// <summary>The share of eigenvalues below a number.</summary>
    /// <param name="eigenvalue">The number.</param>
    public double Below(double eigenvalue) => Points.Where(point => point.Eigenvalue < eigenvalue).Sum(point => point.Share);

    /// <summary>The density of the eigenvalues at a number, smoothed by a normal distribution; its integral is 1.</summary>
    /// <param name="eigenvalue">The number.</param>
    /// <param name="width">The standard deviation of the normal distribution, above 0.</param>
    public double Density(double eigenvalue, double width)
    {
        Settings.Positive(width);
        return Points.Sum(point => point.Share * Math.Exp(-0.5 * Math.Pow((eigenvalue - point.Eigenvalue) / width, 2.0))) / (width * Math.Sqrt(2.0 * Math.PI));
    }
}

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
    /// <exception cref="ArgumentException">A product has another length, or holds NaN or infinity.</exception>
    public static IReadOnlyList<Eigenpair> Eigenpairs(Func<double[], double[]> product, int size, int steps, RandomSource random)
    {
        Settings.AtLeastOne(size);
        Settings.AtLeastOne(steps);
        Krylov space = Span(product, Start(size, random), steps);
        (double[] values, double[][] vectors) = SymmetricEigen.Of(space.Tridiagonal);
        return [.. values.Select((value, i) => new Eigenpair(value, Combine(space.Basis, vectors[i]), space.Last * Math.Abs(vectors[i][^1])))];
    }

    /// <summary>How the eigenvalues are spread, and so their sum, from a few random vectors. Source: Ubaru, Chen, Saad, "Fast estimation of tr(f(A)) via stochastic Lanczos quadrature", 2017; for Hessians
    /// Ghorbani, Krishnan, Xiao, "An investigation into neural net optimization via Hessian eigenvalue density", 2019.</summary>
    /// <param name="product">v → Av.</param>
    /// <param name="size">The size of the matrix.</param>
    /// <param name="steps">The greatest number of products for each vector, at least 1: as many points has the spectrum of each.</param>
    /// <param name="vectors">The number of random vectors, at least 1: the error falls with its root, and with that of the size.</param>
    /// <param name="random">Gives the vectors.</param>
    /// <exception cref="ArgumentException">A product has another length, or holds NaN or infinity.</exception>
    public static Spectrum Spectrum(Func<double[], double[]> product, int size, int steps, int vectors, RandomSource random)
    {
        Settings.AtLeastOne(size);
        Settings.AtLeastOne(steps);
        Settings.AtLeastOne(vectors);
        var points = new List<SpectrumPoint>();
        var means = new double[vectors];
        for (int i = 0; i < vectors; i++)
        {
            // vᵀf(A)v is Σ wₖ f(λₖ), with the squares of the first elements of the tridiagonal matrix's eigenvectors as weights: the Gauss quadrature of the measure that v sees.
            (double[] values, double[][] eigenvectors) = SymmetricEigen.Of(Span(product, Start(size, random), steps).Tridiagonal);
            points.AddRange(values.Select((value, k) => new SpectrumPoint(value, eigenvectors[k][0] * eigenvectors[k][0] / vectors)));
            means[i] = values.Select((value, k) => value * eigenvectors[k][0] * eigenvectors[k][0]).Sum();
        }

        double mean = means.Average();
        double error = vectors == 1 ? double.NaN : Math.Sqrt(means.Sum(m => (m - mean) * (m - mean)) / (vectors - 1.0) / vectors);
        return new Spectrum([.. points.OrderBy(point => point.Eigenvalue)], size, size * error);
    }

    private static double[] Start(int size, RandomSource random)
    {
        double[] start = [.. Enumerable.Range(0, size).Select(_ => random.NextNormal())];
        return Vectors.Scaled(1.0 / Vectors.Norm(start), start);
    }

    /// <summary>The space of v, Av, A²v, …, in which A is a tridiagonal matrix.</summary>
    private static Krylov Span(Func<double[], double[]> product, double[] start, int steps)
    {
        var basis = new List<double[]>();
        var diagonal = new List<double>();
        var beside = new List<double>();
        double[] next = start;
        double scale = 0.0, last = 0.0;
        for (int step = 0; step < Math.Min(steps, start.Length); step++)
        {
            basis.Add(next);
            double[] image = product(next);
            if (image.Length != next.Length || !Finite.All<double>(image))
                throw new ArgumentException($"Expected {next.Length} finite numbers as product {step + 1}, found {image.Length}{(image.Length == next.Length ? ", not all finite" : "")}.", nameof(product));
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

        return new Krylov(basis, Tridiagonal(diagonal, beside), last);
    }

    /// <summary>An orthonormal basis, the matrix in it, and how far the last product leads out of it.</summary>
    private sealed record Krylov(List<double[]> Basis, double[,] Tridiagonal, double Last);

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
