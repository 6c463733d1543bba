using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Tests.Optimizers;

/// <summary>Linear conjugate gradients on systems whose steps can be followed by hand, and the arithmetic below them.</summary>
public sealed class ConjugateGradientTests
{
    [Fact]
    public void Damping_is_added_to_the_diagonal()
    {
        // (A + 2·1)x = b with A = [[3, 1], [1, 2]]: x = (4b₁ − b₂, −b₁ + 5b₂)/19.
        double[] product(double[] v) => [(3 * v[0]) + v[1], v[0] + (2 * v[1])];
        Run.Close([(4 - 3) / 19.0, ((-1) + 15) / 19.0], ConjugateGradient.Solve(product, [1, 3], 10, 1e-14, damping: 2), 1e-13);
        Run.Close([(2 - 3) / 5.0, ((-1) + 9) / 5.0], ConjugateGradient.Solve(product, [1, 3], 10, 1e-14), 1e-13);
        Assert.Throws<ArgumentOutOfRangeException>(() => ConjugateGradient.Solve(product, [1, 3], 10, 0, damping: -1));
    }

    [Fact]
    public void It_is_enough_when_the_residual_is_the_asked_share_of_the_right_side()
    {
        int products = 0;
        double[] product(double[] v)
        {
            products++;
            return [v[0], 4 * v[1]];
        }

        // From b = (s, s) the first step has length 2/5: the residual (3/5, −3/5)s is 0.6 of b.
        foreach (double scale in new[] { 1, 1e-3, 7e4, 1e-170, 1e170 })
        {
            Assert.Equal([0.0, 0], Solved(1.0));
            Assert.Equal(0, products);
            Run.Close([0.4, 0.4], Solved(0.61), 1e-14);
            Assert.Equal(1, products);
            Run.Close([1, 0.25], Solved(0.59), 1e-14);
            Assert.Equal(2, products);
            Run.Close([0.4, 0.4], Solved(0.0, iterations: 1), 1e-14);
            Assert.Equal(1, products);

            double[] Solved(double tolerance, int iterations = 9)
            {
                products = 0;
                return [.. ConjugateGradient.Solve(product, [scale, scale], iterations, tolerance).Select(x => x / scale)];
            }
        }
    }

    [Fact]
    public void A_direction_without_positive_curvature_ends_it()
    {
        Assert.Equal([3.0, 4], ConjugateGradient.Solve(v => [-v[0], -v[1]], [3, 4], 9, 0));
        Assert.Equal([3.0, 4], ConjugateGradient.Solve(_ => [0, 0], [3, 4], 9, 0));
        // A = diag(3, −1) and b = (2, 1): pᵀAp = 11 in the first step of length 5/11, negative in the second.
        Run.Close([10 / 11.0, 5 / 11.0], ConjugateGradient.Solve(v => [3 * v[0], -v[1]], [2, 1], 9, 0), 1e-14);
    }

    [Fact]
    public void What_is_not_finite_is_named()
    {
        Says("Expected finite numbers in b, found NaN or infinity.", () => ConjugateGradient.Solve(v => v, [1, double.NaN], 5, 0));
        Says("Expected finite numbers in b, found NaN or infinity.", () => ConjugateGradient.Solve(v => v, [double.PositiveInfinity, 1], 5, 0));
        Says("Expected finite numbers in a product Ap, found NaN or infinity.", () => ConjugateGradient.Solve(v => [double.NaN, v[1]], [1, 1], 5, 0));

        static void Says(string message, Func<object> solve) => Assert.Equal(message, Assert.Throws<ArithmeticException>(solve).Message);
    }

    [Fact]
    public void Norms_and_exponents_hold_for_numbers_of_any_size()
    {
        foreach (int shift in new[] { 0, 100, -100, 600, -600, 1000, -1000, -1050 })
            Assert.Equal(Math.ScaleB(5, shift), Vectors.Norm([Math.ScaleB(3, shift), -Math.ScaleB(4, shift)]));
        Assert.Equal(1e-125, Vectors.Norm([1e-125]), 1e-140);
        Assert.Equal(0, Vectors.Norm([0, 0]));
        Assert.Equal(double.PositiveInfinity, Vectors.Norm([1, double.NegativeInfinity]));
        Assert.True(double.IsNaN(Vectors.Norm([1, double.NaN])));
        Assert.Equal(0, Vectors.Exponent([0, 0]));
        Assert.Equal(0, Vectors.Exponent([double.PositiveInfinity, 1]));
        Assert.Equal(0, Vectors.Exponent([double.NaN, 1]));
        Assert.Equal(3, Vectors.Exponent([5, -9]));
        Assert.Equal(-1, Vectors.Exponent([0.75, 0]));
        Assert.Equal(-1074, Vectors.Exponent([double.Epsilon]));
        Assert.Equal([6.0, -1.5], Vectors.Shifted([1.5, -0.375], 2));
    }
}
