using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>The objective along straight lines in parameter space. Source: book sections 8.2.2 and 8.2.3; Goodfellow, Vinyals, Saxe, "Qualitatively
/// characterizing neural network optimization problems", 2015.</summary>
public static class LossLine
{
    /// <summary>f at (1 − t)·a + t·b for t from <paramref name="low"/> to <paramref name="high"/>, both included; 0 is a, 1 is b. The parameters are put
    /// back afterwards.</summary>
    /// <param name="function">f.</param>
    /// <param name="from">a: n numbers, such as a solution's <see cref="ScalarFunction.Point"/>.</param>
    /// <param name="to">b: n numbers.</param>
    /// <param name="points">How many points, at least 2.</param>
    /// <param name="low">The first t; 0 by default.</param>
    /// <param name="high">The last t; 1 by default.</param>
    public static IReadOnlyList<LinePoint> Between(
        ScalarFunction function, IReadOnlyList<double> from, IReadOnlyList<double> to, int points, double low = 0.0, double high = 1.0)
    {
        Settings.AtLeast(2, points);
        if (from.Count != function.Size || to.Count != function.Size)
            throw new ArgumentException($"Expected two points of {function.Size} numbers, found {from.Count} and {to.Count}.", nameof(from));
        double[] kept = function.Point, at = new double[function.Size], unused = new double[function.Size];
        var line = new LinePoint[points];
        for (int p = 0; p < points; p++)
        {
            double t = low + ((high - low) * p / (points - 1));
            for (int i = 0; i < at.Length; i++)
                at[i] = ((1.0 - t) * from[i]) + (t * to[i]);
            line[p] = new LinePoint(t, function.Evaluate(at, unused));
        }

        function.Point = kept;
        return line;
    }
}
