namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>L-BFGS: quasi-Newton directions −Mg, with M the approximate inverse Hessian from the last few steps, never formed. Source: book section 8.6.4;
/// Nocedal, Wright, "Numerical optimization", 2006, algorithm 7.4.</summary>
public sealed record LimitedMemoryBfgs : Minimizer
{
    /// <summary>How many steps are remembered, at least 1; 10 by default.</summary>
    public int Memory { get; init => field = Settings.AtLeastOne(value); } = 10;

    /// <inheritdoc/>
    private protected override bool HasLength(bool isFirst) => !isFirst;

    /// <inheritdoc/>
    private protected override Direction Start()
    {
        var pairs = new List<(double[] Step, double[] Change, double Inverse)>();
        double[]? lastPoint = null, lastGradient = null;
        return (function, gradient) =>
        {
            double[] point = function.Point;
            if (lastPoint is not null)
            {
                double[] step = Vectors.Along(point, -1.0, lastPoint), change = Vectors.Along(gradient, -1.0, lastGradient!);
                double curvature = Vectors.Dot(step, change);
                if (curvature > 1e-14 * Vectors.Norm(step) * Vectors.Norm(change))
                    pairs.Add((step, change, 1.0 / curvature));
                if (pairs.Count > Memory)
                    pairs.RemoveAt(0);
            }

            (lastPoint, lastGradient) = (point, [.. gradient]);
            return Vectors.Scaled(-1.0, InverseHessianTimes(pairs, gradient));
        };
    }

    private static double[] InverseHessianTimes(List<(double[] Step, double[] Change, double Inverse)> pairs, double[] gradient)
    {
        double[] q = [.. gradient];
        var factors = new double[pairs.Count];
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            factors[i] = pairs[i].Inverse * Vectors.Dot(pairs[i].Step, q);
            q = Vectors.Along(q, -factors[i], pairs[i].Change);
        }

        if (pairs.Count > 0)
            q = Vectors.Scaled(1.0 / (pairs[^1].Inverse * Vectors.Dot(pairs[^1].Change, pairs[^1].Change)), q);
        for (int i = 0; i < pairs.Count; i++)
            q = Vectors.Along(q, factors[i] - (pairs[i].Inverse * Vectors.Dot(pairs[i].Change, q)), pairs[i].Step);
        return q;
    }
}
