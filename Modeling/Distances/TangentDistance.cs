using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Distances;

/// <summary>
/// The distance of two examples up to small changes that do not matter, given by tangent vectors: two-sided min ‖(x + T_x·a) − (y + T_y·b)‖ over a and b,
/// one-sided with T_y alone. One-sided needs a system of m equations for m tangents, two-sided of 2m. Source: book section 7.14; Simard, LeCun, Denker,
/// "Efficient pattern recognition using a new transformation distance", 1993.
/// </summary>
/// <remarks>It holds 0 ≤ two-sided ≤ one-sided ≤ Euclidean, and the two-sided form is symmetric. With <see cref="Ridge"/> above 0 the coefficients are kept
/// short, as a tangent is a good stand-in for the manifold only near its point.</remarks>
public sealed record TangentDistance
{
    /// <summary>The penalty on squared coefficients, as a share of the mean squared length of the tangents, at least 0; 0 by default, which needs linearly
    /// independent tangents.</summary>
    public double Ridge { get; init => field = Settings.NotNegative(value); }

    /// <summary>min over b of ‖x − (y + T_y·b)‖.</summary>
    /// <param name="x">An example.</param>
    /// <param name="y">An example of the same length.</param>
    /// <param name="tangents">The tangents at y, each of the same length; none gives the Euclidean distance.</param>
    /// <exception cref="ArgumentException">Lengths differ, or the tangents depend on each other and there is no ridge.</exception>
    public double OneSided(ReadOnlySpan<double> x, ReadOnlySpan<double> y, IReadOnlyList<double[]> tangents) => Distance(x, y, tangents);

    /// <summary>min over a and b of ‖(x + T_x·a) − (y + T_y·b)‖.</summary>
    /// <param name="x">An example.</param>
    /// <param name="y">An example of the same length.</param>
    /// <param name="tangentsOfX">The tangents at x.</param>
    /// <param name="tangentsOfY">The tangents at y.</param>
    /// <exception cref="ArgumentException">Lengths differ, or the tangents depend on each other and there is no ridge.</exception>
    public double TwoSided(
        ReadOnlySpan<double> x, ReadOnlySpan<double> y, IReadOnlyList<double[]> tangentsOfX, IReadOnlyList<double[]> tangentsOfY) =>
        Distance(x, y, [.. tangentsOfX, .. tangentsOfY]);

    private double Distance(ReadOnlySpan<double> x, ReadOnlySpan<double> y, IReadOnlyList<double[]> tangents)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"Expected two examples of one length, found {x.Length} and {y.Length} numbers.", nameof(y));
        foreach (double[] tangent in tangents)
        {
            if (tangent.Length != x.Length)
                throw new ArgumentException($"Expected tangents of {x.Length} numbers, found one of {tangent.Length}.", nameof(tangents));
        }

        double[] difference = Vectors.Along(x, -1.0, y);
        if (tangents.Count == 0)
            return Vectors.Norm(difference);
        // Near 1, squares of the numbers neither overflow nor vanish: the distance of c·x and c·y is c times that of x and y, and tangents may have any length.
        int exponent = Vectors.Exponent(difference), length = Vectors.Exponent([.. tangents.Select(tangent => tangent.Max(Math.Abs))]);
        difference = Vectors.Shifted(difference, -exponent);
        tangents = [.. tangents.Select(tangent => Vectors.Shifted(tangent, -length))];
        int n = tangents.Count;
        var gram = new double[n, n];
        var right = new double[n];
        double trace = 0.0;
        for (int i = 0; i < n; i++)
        {
            right[i] = Vectors.Dot(tangents[i], difference);
            for (int j = 0; j <= i; j++)
                gram[i, j] = gram[j, i] = Vectors.Dot(tangents[i], tangents[j]);
            trace += gram[i, i];
        }

        for (int i = 0; i < n; i++)
            gram[i, i] += Ridge * trace / n;
        double[] coefficients = Cholesky.Solve(gram, right);
        for (int i = 0; i < n; i++)
            difference = Vectors.Along(difference, -coefficients[i], tangents[i]);
        return Math.ScaleB(Vectors.Norm(difference), exponent);
    }
}
