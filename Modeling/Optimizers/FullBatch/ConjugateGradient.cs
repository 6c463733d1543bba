using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>Linear conjugate gradients: Ax = b for a symmetric A that is given by its products alone, in at most as many steps as A has distinct
/// eigenvalues; or (A + λ1)x = b, which keeps the solution where A says little. Source: book section 8.6.2; Hestenes, Stiefel 1952; Martens 2010 for the damping.</summary>
public static class ConjugateGradient
{
    /// <summary>Solves (A + λ1)x = b from x = 0. Where the curvature pᵀ(A + λ1)p of a direction is not positive, the x reached so far is given, or b if that is 0.</summary>
    /// <param name="product">v → Av.</param>
    /// <param name="right">b.</param>
    /// <param name="iterations">The greatest number of steps.</param>
    /// <param name="tolerance">It is enough when ‖b − (A + λ1)x‖ is at most this share of ‖b‖.</param>
    /// <param name="damping">λ, at least 0; none by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is negative or NaN.</exception>
    /// <exception cref="ArithmeticException">b or a product is NaN or infinite.</exception>
    public static double[] Solve(Func<double[], double[]> product, double[] right, int iterations, double tolerance, double damping = 0.0)
    {
        Settings.NotNegative(damping);
        RequireFinite(right, "b");
        // A power of two brings b near 1, so that squares of it neither overflow nor vanish, and rounds nothing.
        int exponent = Vectors.Exponent(right);
        var x = new double[right.Length];
        double[] residual = Vectors.Shifted(right, -exponent), direction = [.. residual];
        double square = Vectors.Dot(residual, residual), enough = tolerance * Math.Sqrt(square);
        for (int step = 0; step < iterations && Math.Sqrt(square) > enough; step++)
        {
            double[] image = product(direction);
            RequireFinite(image, "a product Ap");
            if (damping > 0.0)
                image = Vectors.Along(image, damping, direction);
            double curvature = Vectors.Dot(direction, image);
            if (!(curvature > 0.0))
                return step == 0 ? [.. right] : Vectors.Shifted(x, exponent);
            double length = square / curvature;
            x = Vectors.Along(x, length, direction);
            residual = Vectors.Along(residual, -length, image);
            double next = Vectors.Dot(residual, residual);
            direction = Vectors.Along(residual, next / square, direction);
            square = next;
        }

        return Vectors.Shifted(x, exponent);
    }

    private static void RequireFinite(ReadOnlySpan<double> numbers, string what)
    {
        if (!Finite.All(numbers))
            throw new ArithmeticException($"Expected finite numbers in {what}, found NaN or infinity.");
    }
}
