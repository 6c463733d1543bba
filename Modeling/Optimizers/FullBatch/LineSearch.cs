using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>A step along a direction that satisfies the strong Wolfe conditions: f falls by at least c₁ times what the slope promises, and the slope
/// shrinks to c₂ of itself. Where values differ by no more than rounding, slopes alone decide. Source: Nocedal, Wright, "Numerical optimization", 2006, algorithms
/// 3.5 and 3.6; Hager, Zhang 2005 for the approximate conditions near a minimum.</summary>
internal static class LineSearch
{
    private const double Decrease = 1e-4, Curvature = 0.4, Rounding = 1e-15;

    public static (double Step, double[] Point, double Value, double[] Gradient)? Find(
        ScalarFunction function, double[] x, double f0, double[] g0, double[] d, double first)
    {
        double slope0 = Vectors.Dot(g0, d);
        (double Step, double Value, double Slope) low = (0.0, f0, slope0), high = (double.NaN, 0.0, 0.0);
        double step = first;
        (double, double[], double, double[])? best = null;
        double bestValue = f0;
        for (int trial = 0; trial < 60; trial++)
        {
            double[] point = Vectors.Along(x, step, d), gradient = new double[x.Length];
            double value = function.Evaluate(point, gradient), slope = Vectors.Dot(gradient, d);
            bool good = double.IsFinite(value) && double.IsFinite(slope) && Finite.All<double>(gradient) && function.IsFinite;
            if (good && value < bestValue)
                (best, bestValue) = ((step, point, value, gradient), value);
            bool level = Math.Abs(value - f0) <= Rounding * Math.Abs(f0);
            if (!good || (level ? slope > -Curvature * slope0 : value > f0 + (Decrease * step * slope0) || value >= low.Value))
            {
                high = (step, good ? value : double.PositiveInfinity, slope);
            }
            else if (Math.Abs(slope) <= -Curvature * slope0)
            {
                return (step, point, value, gradient);
            }
            else
            {
                if (double.IsNaN(high.Step) ? slope > 0.0 : slope * (high.Step - low.Step) >= 0.0)
                    high = low;
                low = (step, value, slope);
            }

            // What is still far after some tries is taken to be a matter of units.
            step = double.IsNaN(high.Step) ? (trial < 8 ? 2.5 : 100.0) * step : Between(low, high);
        }

        // Rounding can hide the conditions near a minimum; a lower point is still progress.
        return best;
    }

    /// <summary>The minimum of the parabola through both ends with the slope at the lower one, kept away from the ends.</summary>
    private static double Between((double Step, double Value, double Slope) low, (double Step, double Value, double Slope) high)
    {
        double width = high.Step - low.Step;
        double curvature = high.Value - low.Value - (low.Slope * width);
        // An infinite curvature, where the other end has no value, leads to the lower end.
        double at = curvature > 0.0 ? -0.5 * low.Slope * width / curvature : 0.5;
        return low.Step + (Math.Clamp(at, 0.1, 0.9) * width);
    }
}
