using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every constraint: the nearest point of its set, for points within and without, and the parameters that it leaves alone.</summary>
internal static class ConstraintValues
{
    private static readonly double[] Point = [0.9, -0.4, 0.1, 0, 1.2, -0.3, 0.05, 0.2, -2, 0.6, 0, 0.7];

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(L1Ball)] = [.. new[] { 1, 2.5, 100 }.Select(limit => On(new L1Ball(limit), w => Shrunk(w, limit), [3, 4], true, true))],
        [nameof(L2Ball)] = [.. new[] { 1, 2.5, 100 }.Select(limit => On(new L2Ball(limit), w => Shortened(w, [.. w.Keys()], limit), [3, 4], true, true))],
        [nameof(MaxColumnNorm)] =
        [
            .. new[] { 1, 0.5, 100 }.Select(limit => On(
                new MaxColumnNorm(limit), w => Enumerable.Range(0, 4).Aggregate(w, (v, j) => Shortened(v, [.. w.Keys().Where(i => i % 4 == j)], limit)), [3, 4], true, false)),
            On(new MaxColumnNorm(1), w => Enumerable.Range(0, 3).Aggregate(w, (v, unit) => Shortened(v, [.. w.Keys().Where(i => i / 4 == unit)], 1)), [3, 1, 2, 2], true, false),
        ],
        [nameof(MaxRowNorm)] =
        [
            .. new[] { 1, 0.5, 100 }.Select(limit => On(
                new MaxRowNorm(limit), w => Enumerable.Range(0, 3).Aggregate(w, (v, j) => Shortened(v, [.. w.Keys().Where(i => i / 4 == j)], limit)), [3, 4], true, false)),
        ],
    };

    /// <summary>The projection, and whether the constraint is for a weight of the shape, for a vector of weights, a bias and a scale (1 for yes).</summary>
    private static Setting On(Constraint constraint, Func<double[], double[]> project, int[] sizes, bool matrix, bool vector) => new(
        constraint,
        () =>
        {
            var parameter = new Parameter("w", Value.Of(Point, sizes), ParameterRole.Weight);
            return
            [
                .. Run.Numbers(constraint.Project(Variable.Of(parameter.Value), parameter)),
                .. new[] { (ParameterRole.Weight, sizes), (ParameterRole.Weight, [12]), (ParameterRole.Bias, sizes), (ParameterRole.Scale, sizes) }
                    .Select(p => constraint.AppliesTo(new Parameter("w", Value.Of(Point, p.Item2), p.Item1)) ? 1.0 : 0),
            ];
        },
        () => [.. project(Point), matrix ? 1 : 0, vector ? 1 : 0, 0, 0]);

    private static IEnumerable<int> Keys(this double[] w) => Enumerable.Range(0, w.Length);

    private static double[] Shortened(double[] w, int[] which, double limit)
    {
        double norm = Math.Sqrt(which.Sum(i => Square(w[i])));
        double[] result = [.. w];
        foreach (int i in which)
            result[i] = norm > limit ? w[i] * limit / norm : w[i];
        return result;
    }

    /// <summary>The threshold with which the sum is the limit, by halving an interval.</summary>
    private static double[] Shrunk(double[] w, double limit)
    {
        double low = 0, high = w.Max(Math.Abs);
        if (w.Sum(Math.Abs) <= limit)
            return w;
        for (int step = 0; step < 200; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = w.Sum(x => Math.Max(Math.Abs(x) - middle, 0)) > limit ? (middle, high) : (low, middle);
        }

        return [.. w.Select(x => Math.Sign(x) * Math.Max(Math.Abs(x) - low, 0))];
    }
}
