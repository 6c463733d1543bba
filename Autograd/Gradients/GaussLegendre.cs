namespace Toolkit.Autograd.Gradients;

/// <summary>The rule of Gauss and Legendre for integrals from 0 to 1: exact for polynomials of degree 2n − 1.</summary>
internal static class GaussLegendre
{
    /// <summary>The points in ascending order, and their weights, which sum to 1.</summary>
    public static (double[] Points, double[] Weights) Rule(int count)
    {
        double[] points = new double[count], weights = new double[count];
        for (int i = 0; i < count; i++)
        {
            // Newton's method on the Legendre polynomial from Tricomi's approximation of its zero.
            double x = -Math.Cos(Math.PI * (i + 0.75) / (count + 0.5)), slope = 0;
            for (int turn = 0; turn < 8; turn++)
            {
                (double value, slope) = Legendre(count, x);
                x -= value / slope;
            }

            (points[i], weights[i]) = ((1 + x) / 2, 1 / ((1 - (x * x)) * slope * slope));
        }

        return (points, weights);
    }

    /// <summary>The polynomial of a degree and its derivative.</summary>
    private static (double Value, double Slope) Legendre(int degree, double x)
    {
        (double before, double value) = (1, x);
        for (int n = 2; n <= degree; n++)
            (before, value) = (value, ((((2 * n) - 1) * x * value) - ((n - 1) * before)) / n);
        return (value, degree * ((x * value) - before) / ((x * x) - 1));
    }
}
