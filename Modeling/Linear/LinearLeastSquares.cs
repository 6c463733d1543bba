using System.Globalization;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Linear;

/// <summary>
/// Linear regression solved at once instead of by descent, through the singular values of X: ridge regression (XᵀX + αI)⁻¹Xᵀy, the minimum of
/// ½‖Xw − y‖² + ½α‖w‖², and its limit for α → 0, the pseudo-inverse X⁺y, the shortest of all least squares solutions. Source: book section 7.1.1, equation
/// 7.17, and section 7.3, equation 7.29.
/// </summary>
/// <remarks>For problems of up to some hundred columns. There is no intercept: centre X and y, or give X a column of ones, which is then penalized as
/// well.</remarks>
public sealed class LinearLeastSquares
{
    private readonly double[][] left;
    private readonly double[] values;
    private readonly double[][] right;

    /// <summary>Decomposes the examples.</summary>
    /// <param name="x">X, row after row.</param>
    /// <param name="columns">The number of features, at least 1.</param>
    /// <exception cref="ArgumentException">The numbers do not divide into rows, or one is not finite.</exception>
    public LinearLeastSquares(ReadOnlySpan<double> x, int columns)
    {
        Settings.AtLeastOne(columns);
        if (x.IsEmpty || x.Length % columns != 0)
            throw new ArgumentException($"Expected rows of {columns} numbers each, found {x.Length} numbers.", nameof(x));
        foreach (double number in x)
        {
            if (!double.IsFinite(number))
                throw new ArgumentException($"Expected finite numbers, found {number}.", nameof(x));
        }

        Rows = x.Length / columns;
        var byColumn = new double[columns][];
        for (int c = 0; c < columns; c++)
        {
            byColumn[c] = new double[Rows];
            for (int r = 0; r < Rows; r++)
                byColumn[c][r] = x[(r * columns) + c];
        }

        (left, values, right) = Linear.SingularValues.Of(byColumn);
    }

    /// <summary>The number of examples.</summary>
    public int Rows { get; }

    /// <summary>The number of features.</summary>
    public int Columns => values.Length;

    /// <summary>The singular values of X, one for each column, in descending order: the roots of the eigenvalues of XᵀX.</summary>
    public IReadOnlyList<double> SingularValues => values;

    /// <summary>(XᵀX + αI)⁻¹Xᵀy.</summary>
    /// <param name="y">A number for each row.</param>
    /// <param name="strength">α, above 0.</param>
    /// <exception cref="ArgumentException">y does not have a number for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">α is not above 0.</exception>
    public double[] Ridge(ReadOnlySpan<double> y, double strength)
    {
        Settings.Positive(strength);
        return Solve(y, s => s > 0.0 ? 1.0 / (s + (strength / s)) : 0.0);
    }

    /// <summary>X⁺y: the shortest w that makes ‖Xw − y‖ least. Singular values below 10⁻¹² of the greatest count as 0.</summary>
    /// <param name="y">A number for each row.</param>
    /// <exception cref="ArgumentException">y does not have a number for each row.</exception>
    public double[] PseudoInverse(ReadOnlySpan<double> y)
    {
        double least = 1e-12 * values[0];
        return Solve(y, s => s > least ? 1.0 / s : 0.0);
    }

    /// <summary>Σ s²/(s² + α): the number of parameters that ridge regression in effect uses, from the number of columns (α = 0) down to 0.</summary>
    /// <param name="strength">α, at least 0.</param>
    public double DegreesOfFreedom(double strength)
    {
        Settings.NotNegative(strength);
        return values.Sum(s => s > 0.0 ? s / (s + (strength / s)) : 0.0);
    }

    /// <summary>The α at which ridge regression has so many <see cref="DegreesOfFreedom"/>.</summary>
    /// <param name="degrees">Above 0 and below the rank of X.</param>
    public double StrengthFor(double degrees)
    {
        double most = DegreesOfFreedom(0.0);
        if (!(degrees > 0.0 && degrees < most))
            throw new ArgumentOutOfRangeException(nameof(degrees), degrees, $"Expected a number above 0 and below {most}, found {degrees.ToString(CultureInfo.InvariantCulture)}.");
        double low = 0.0, high = values[0] * values[0];
        while (DegreesOfFreedom(high) > degrees)
            high *= 2.0;
        for (int i = 0; i < 200; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = DegreesOfFreedom(middle) > degrees ? (middle, high) : (low, middle);
        }

        return 0.5 * (low + high);
    }

    private double[] Solve(ReadOnlySpan<double> y, Func<double, double> filter)
    {
        if (y.Length != Rows)
            throw new ArgumentException($"Expected {Rows} numbers, found {y.Length}.", nameof(y));
        var w = new double[Columns];
        for (int i = 0; i < Columns; i++)
            w = Vectors.Along(w, filter(values[i]) * Vectors.Dot(left[i], y), right[i]);
        return w;
    }
}
