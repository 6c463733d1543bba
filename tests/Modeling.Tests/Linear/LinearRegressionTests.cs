using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Linear;

namespace Toolkit.Modeling.Tests.Linear;

public sealed class LinearRegressionTests
{
    private static readonly double[] X = [1, 2, 0.5, -1, 0.3, 0.7, 2, -0.4, 1.1, 0.2, 0.9, -1.3], Y = [1, -0.5, 2, 0.3];

    /// <summary>Sources with rows to test on.</summary>
    public static TheoryData<string> PartedSources => [RegressionData.Made, .. SharedData.Has("lasso-paths") ? [RegressionData.Prostate] : Array.Empty<string>()];

    /// <summary>A3.2, equation 7.13: ridge regression is Q(Λ + αI)⁻¹ΛQᵀw*.</summary>
    [Fact]
    public void Ridge_shrinks_along_the_eigenvectors()
    {
        var solver = new LinearLeastSquares(X, 3);
        double[] best = solver.PseudoInverse(Y), ridge = solver.Ridge(Y, 0.7), expected = new double[3];
        var gram = new double[3, 3];
        for (int i = 0; i < 9; i++)
            gram[i / 3, i % 3] = Enumerable.Range(0, 4).Sum(r => X[(3 * r) + (i / 3)] * X[(3 * r) + (i % 3)]);
        (double[] values, double[,] q) = Jacobi.Eigen(gram);
        for (int e = 0; e < 3; e++)
        {
            double along = Enumerable.Range(0, 3).Sum(i => q[i, e] * best[i]);
            for (int i = 0; i < 3; i++)
                expected[i] += q[i, e] * along * values[e] / (values[e] + 0.7);
        }

        Run.Close(expected, ridge, 1e-12);
        Run.Close([.. values.Reverse().Select(Math.Sqrt)], [.. solver.SingularValues], 1e-12);
    }

    /// <summary>A3.3 and A3.4: residuals, lengths and effective parameters of an independent program.</summary>
    [Theory]
    [MemberData(nameof(RegressionData.Sources), MemberType = typeof(RegressionData))]
    public void Ridge_has_the_lengths_and_residuals_of_an_independent_program(string source)
    {
        (double[] x, double[] y) = RegressionData.Load(source);
        RegressionFigures expected = RegressionFigures.Of(source);
        var solver = new LinearLeastSquares(x, 10);
        foreach ((double strength, double norm, double squares, double trace) in expected.Ridge)
        {
            double[] w = solver.Ridge(y, strength);
            Assert.Equal(norm, Math.Sqrt(w.Sum(v => v * v)), 1e-8);
            Assert.Equal(squares, Squares(x, y, w), 1e-6);
            Assert.Equal(trace, solver.DegreesOfFreedom(strength), 1e-8);
        }

        Assert.Equal(expected.LeastSquares, Squares(x, y, solver.PseudoInverse(y)), 1e-6);
        Assert.Equal(expected.LeastThird, solver.PseudoInverse(y)[2], 5.1e-7);
    }

    /// <summary>A3.6: the knots of the lasso; those of the diabetes data are published.</summary>
    [Theory]
    [MemberData(nameof(RegressionData.Sources), MemberType = typeof(RegressionData))]
    public void The_lasso_path_has_the_known_knots(string source)
    {
        (double[] x, double[] y) = RegressionData.Load(source);
        RegressionFigures expected = RegressionFigures.Of(source);
        IReadOnlyList<LassoKnot> path = LassoPath.Of(x, 10, y);
        Assert.Equal(expected.Knots.Length, path.Count);
        foreach ((LassoKnot knot, (double at, int column, bool joins)) in path.Zip(expected.Knots))
        {
            Assert.Equal(at, knot.Strength, 5.1e-7);
            Assert.Equal((column, column >= 0 && joins), (knot.Feature, knot.Feature >= 0 && knot.Joins));
            if (column >= 0 && !joins)
                Assert.Equal(0.0, knot.Weights[column]);
        }

        Run.Close(new LinearLeastSquares(x, 10).PseudoInverse(y), [.. path[^1].Weights], 1e-8);
    }

    /// <summary>A3.5 at α = 10, and between knots the path is linear.</summary>
    [Theory]
    [MemberData(nameof(RegressionData.Sources), MemberType = typeof(RegressionData))]
    public void Between_knots_the_lasso_reaches_the_known_objective(string source)
    {
        (double[] x, double[] y) = RegressionData.Load(source);
        IReadOnlyList<LassoKnot> path = LassoPath.Of(x, 10, y);
        foreach ((double strength, double objective) in RegressionFigures.Of(source).Lasso)
        {
            int after = Enumerable.Range(1, path.Count - 1).First(i => path[i].Strength <= strength);
            double share = (path[after - 1].Strength - strength) / (path[after - 1].Strength - path[after].Strength);
            double[] w = [.. path[after - 1].Weights.Zip(path[after].Weights, (a, b) => ((1 - share) * a) + (share * b))];
            Assert.Equal(objective, (0.5 * Squares(x, y, w)) + (strength * w.Sum(Math.Abs)), 1e-6);
        }
    }

    /// <summary>A3.7: fits of all columns, of two, and ridge regression with five degrees of freedom, tested on other rows; on the prostate data as in Hastie,
    /// Tibshirani, Friedman, table 3.3, to its digits.</summary>
    [Theory]
    [MemberData(nameof(PartedSources))]
    public void Least_squares_subset_and_ridge_are_tested_on_other_rows(string source)
    {
        (double[][] x, double[] y, bool[] train) = RegressionData.Parted(source);
        bool made = source == RegressionData.Made;
        double[] all = Fit([.. Enumerable.Range(0, x[0].Length)], null, out double intercept, out double error, out double standard);
        Run.Close(
            made
                ? [-238.111926256, 114.043775586, 1091.84434914, 294.713740258, -136.337915492, 189.875251936, -380.134743582, -101.573014154, 913.813056214, -79.1095925465]
                : [0.680, 0.263, -0.141, 0.210, 0.305, -0.288, -0.021, 0.267],
            all,
            made ? 1e-7 : 5.1e-4);
        Near(made ? -1.88435536401 : 2.465, intercept);
        Near(made ? 3678.92280534 : 0.521, error);
        Near(made ? 661.584523621 : 0.179, standard);
        double[] two = Fit(made ? [2, 8] : [0, 1], null, out _, out error, out standard);
        Run.Close(made ? [792.074310837, 654.350562421] : [0.740, 0.316], two, made ? 1e-7 : 5.1e-4);
        Near(made ? 6631.83902732 : 0.492, error);
        Near(made ? 1306.63823978 : 0.143, standard);
        Fit([.. Enumerable.Range(0, x[0].Length)], 5.0, out double strength, out error, out _);
        Assert.Equal(made ? 0.412558017142 : 23.99891, strength, made ? 1e-10 : 1e-5);
        Near(made ? 4951.23875955 : 0.490, error);

        void Near(double expected, double found) => Assert.Equal(expected, found, made ? 1e-7 : 5.1e-4);

        // With degrees of freedom asked for, the strength that gives them comes in place of the intercept.
        double[] Fit(int[] columns, double? degrees, out double intercept, out double error, out double standard)
        {
            int[] rows = [.. Enumerable.Range(0, y.Length).Where(r => train[r])], test = [.. Enumerable.Range(0, y.Length).Where(r => !train[r])];
            double[] mean = [.. columns.Select(c => rows.Average(r => x[r][c]))];
            double middle = rows.Average(r => y[r]);
            var solver = new LinearLeastSquares([.. rows.SelectMany(r => columns.Select((c, i) => x[r][c] - mean[i]))], columns.Length);
            double[] centred = [.. rows.Select(r => y[r] - middle)];
            double strength = degrees is { } d ? solver.StrengthFor(d) : 0.0;
            double[] w = degrees is null ? solver.PseudoInverse(centred) : solver.Ridge(centred, strength);
            double offset = middle - w.Zip(mean, (a, b) => a * b).Sum();
            double[] squares = [.. test.Select(r => Math.Pow(y[r] - offset - columns.Select((c, i) => w[i] * x[r][c]).Sum(), 2))];
            error = squares.Average();
            double average = error;
            standard = Math.Sqrt(squares.Sum(s => (s - average) * (s - average)) / (squares.Length - 1) / squares.Length);
            intercept = degrees is null ? offset : strength;
            return w;
        }
    }

    /// <summary>A3.10, equation 7.29: (XᵀX + αI)⁻¹Xᵀ goes to the pseudo-inverse with an error in proportion to α, also with more columns than rows.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void Ridge_goes_to_the_pseudo_inverse_in_proportion_to_its_strength(int columns)
    {
        var solver = new LinearLeastSquares(X, columns);
        double[] y = Y[..(12 / columns)], limit = solver.PseudoInverse(y);
        double Error(double strength) => Math.Sqrt(solver.Ridge(y, strength).Zip(limit, (a, b) => (a - b) * (a - b)).Sum());
        Assert.Equal(10.0, Error(1e-4) / Error(1e-5), 0.01);
        Assert.True(Error(1e-10) < 1e-8);
        // Penrose: XX⁺Xw = Xw, and X⁺y is a combination of rows.
        double[] image = [.. Enumerable.Range(0, y.Length).Select(r => Enumerable.Range(0, columns).Sum(c => X[(r * columns) + c] * limit[c]))];
        Run.Close(limit, solver.PseudoInverse(image), 1e-12);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var solver = new LinearLeastSquares(X, 3);
        Assert.Contains("above 0", Assert.Throws<ArgumentOutOfRangeException>(() => solver.Ridge(Y, 0)).Message);
        Assert.Contains("Expected 4", Assert.Throws<ArgumentException>(() => solver.Ridge([1.0], 1)).Message);
        Assert.Contains("rows of 5", Assert.Throws<ArgumentException>(() => new LinearLeastSquares(X, 5)).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => new LinearLeastSquares([double.NaN], 1)).Message);
        Assert.Contains("below 3", Assert.Throws<ArgumentOutOfRangeException>(() => solver.StrengthFor(4)).Message);
        Assert.Contains("found 12", Assert.Throws<ArgumentException>(() => LassoPath.Of(X, 3, Y.AsSpan(1))).Message);
    }

    private static double Squares(double[] x, double[] y, double[] w)
    {
        double sum = 0;
        for (int r = 0; r < y.Length; r++)
            sum += Math.Pow(y[r] - w.Select((v, c) => v * x[(r * w.Length) + c]).Sum(), 2);
        return sum;
    }
}
