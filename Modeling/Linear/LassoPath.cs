using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Linear;

/// <summary>
/// All minima of ½‖Xw − y‖² + α·Σ|w| for α from the greatest down to 0: w is piecewise linear in α, and is given by its knots. Source: book section 7.1.2
/// (feature selection by the lasso, Tibshirani 1995); least angle regression with the lasso's change, Efron, Hastie, Johnstone, Tibshirani 2004; Osborne,
/// Presnell, Turlach 2000.
/// </summary>
/// <remarks>For features of which no two events fall together, as in data of real numbers; X with dependent columns ends the path early.</remarks>
public static class LassoPath
{
    /// <summary>The knots in descending order of α; the last is α = 0, least squares.</summary>
    /// <param name="x">X, row after row.</param>
    /// <param name="columns">The number of features, at least 1.</param>
    /// <param name="y">A number for each row.</param>
    /// <exception cref="ArgumentException">The numbers do not fit together.</exception>
    public static IReadOnlyList<LassoKnot> Of(ReadOnlySpan<double> x, int columns, ReadOnlySpan<double> y)
    {
        Settings.AtLeastOne(columns);
        if (y.IsEmpty || x.Length != (long)y.Length * columns)
            throw new ArgumentException($"Expected {(long)y.Length * columns} numbers ({y.Length} rows of {columns}), found {x.Length}.", nameof(x));
        var features = new double[columns][];
        for (int c = 0; c < columns; c++)
        {
            features[c] = new double[y.Length];
            for (int r = 0; r < y.Length; r++)
                features[c][r] = x[(r * columns) + c];
        }

        return Follow(features, y.ToArray());
    }

    private static List<LassoKnot> Follow(double[][] features, double[] y)
    {
        int n = features.Length;
        double[] target = [.. features.Select(f => Vectors.Dot(f, y))];
        int first = Enumerable.Range(0, n).MaxBy(i => Math.Abs(target[i]));
        double strength = Math.Abs(target[first]);
        var active = new List<int> { first };
        var signs = new List<double> { Math.Sign(target[first]) };
        var knots = new List<LassoKnot> { new(strength, first, true, new double[n]) };
        int changed = first;
        // Each knot changes one feature; more than this would mean going round in circles.
        for (int step = 0; step < 50 * n; step++)
        {
            // While the active set stays, w = G⁻¹(Xᵀy − α·sign): p − α·q.
            var gram = new double[active.Count, active.Count];
            for (int i = 0; i < active.Count; i++)
            {
                for (int j = 0; j < active.Count; j++)
                    gram[i, j] = Vectors.Dot(features[active[i]], features[active[j]]);
            }

            double[] p = Cholesky.Solve(gram, [.. active.Select(i => target[i])]), q = Cholesky.Solve(gram, [.. signs]);
            (double next, int feature, bool joins) = Event(features, y, active, p, q, strength, changed);
            var weights = new double[n];
            for (int i = 0; i < active.Count; i++)
                weights[active[i]] = p[i] - (next * q[i]);
            if (feature >= 0 && !joins)
                weights[feature] = 0.0;
            knots.Add(new LassoKnot(next, feature, joins, weights));
            if (feature < 0)
                break;
            (strength, changed) = (next, feature);
            if (joins)
            {
                double[] residual = [.. y];
                foreach (int i in active)
                    residual = Vectors.Along(residual, -weights[i], features[i]);
                active.Add(feature);
                signs.Add(Math.Sign(Vectors.Dot(features[feature], residual)));
            }
            else
            {
                signs.RemoveAt(active.IndexOf(feature));
                active.Remove(feature);
            }
        }

        return knots;
    }

    /// <summary>The greatest α below the present one where an active weight reaches 0, or the correlation of another feature reaches α.</summary>
    private static (double Strength, int Feature, bool Joins) Event(
        double[][] features, double[] y, List<int> active, double[] p, double[] q, double strength, int changed)
    {
        (double Strength, int Feature, bool Joins) best = (0.0, -1, false);
        for (int i = 0; i < active.Count; i++)
            Consider(p[i] / q[i], active[i], false);
        double[] fixedPart = [.. y], moving = new double[y.Length];
        for (int i = 0; i < active.Count; i++)
        {
            fixedPart = Vectors.Along(fixedPart, -p[i], features[active[i]]);
            moving = Vectors.Along(moving, q[i], features[active[i]]);
        }

        for (int f = 0; f < features.Length; f++)
        {
            if (active.Contains(f))
                continue;
            // Its correlation with the residual is a + α·b, to be compared with ±α.
            double a = Vectors.Dot(features[f], fixedPart), b = Vectors.Dot(features[f], moving);
            Consider(a / (1.0 - b), f, true);
            Consider(-a / (1.0 + b), f, true);
        }

        return best;

        void Consider(double at, int feature, bool joins)
        {
            // What has just changed lies at the present α exactly, up to rounding.
            double below = feature == changed ? strength * (1.0 - 1e-9) : strength;
            if (double.IsFinite(at) && at > best.Strength && at < below)
                best = (at, feature, joins);
        }
    }
}
