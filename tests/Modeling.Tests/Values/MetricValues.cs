using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every metric, and whether more of it is better (the last number: 1 for yes).</summary>
internal static class MetricValues
{
    // Ties in the rows 3, 4 and 6; the greatest first, in the middle, last.
    private static readonly double[] Scores = [2, 1, 0.5, -1, 3, 2.5, 0, -2, 4, 1, 1, 1, 2, 2, -1, -3, -1, -2, 0, 5, 5];

    private static readonly long[] Classes = [0, 2, 0, 0, 1, 1, 2];

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(Accuracy)] =
        [
            On(new Accuracy(), Scores, 3, Run.Labels(Classes), true, i => First(Scores[(3 * i)..((3 * i) + 3)]) == Classes[i] ? 1 : 0),
            On(new Accuracy(), [0.1, -0.1, 0, 3, -3], 1, Run.Labels(1, 1, 0, 0, 0), true, i => new[] { 1.0, 0, 1, 0, 1 }[i]),
            On(new Accuracy(), [0.1, -0.1, 0, 3, -3], 1, Numbers([1, 1, 0, 0, 0], 1), true, i => new[] { 1.0, 0, 1, 0, 1 }[i]),
        ],
        [nameof(AdversarialAccuracy)] = [Attacked(0, new SoftmaxCrossEntropy(), 1), Attacked(0.4, new SoftmaxCrossEntropy(), 1), Attacked(0.4, new Reversed(), -1)],
        [nameof(F1)] =
        [
            Counted(new F1(), Scores, 3, Classes, null),
            Counted(new F1 { Class = 1 }, Scores, 3, Classes, null),
            Counted(new F1 { Class = 2 }, Scores, 3, Classes, [1, 0, 2.5, 1, 0.5, 3, 1]),
            Counted(new F1(), Scores, 3, Classes, [1, 0, 2.5, 1, 0.5, 3, 1]),
            Counted(new F1 { Class = 1 }, [0.1, -0.1, 0, 3, -3, double.NaN], 1, [1, 1, 0, 0, 0, 1], null),
        ],
        [nameof(MeanAbsoluteError)] =
        [
            On(new MeanAbsoluteError(), Scores[..20], 2, Numbers([.. Scores[1..21]], 2), false, i => (Math.Abs(Scores[2 * i] - Scores[(2 * i) + 1]) + Math.Abs(Scores[(2 * i) + 1] - Scores[(2 * i) + 2])) / 2),
        ],
        [nameof(TopK)] =
        [
            .. new[] { 1, 2, 3 }.Select(k => On(
                new TopK(k), Scores, 3, Run.Labels(Classes), true, i => Enumerable.Range(0, 3).Count(c => Scores[(3 * i) + c] > Scores[(3 * i) + (int)Classes[i]]) < k ? 1 : 0)),
        ],
    };

    private static Setting On(MeanMetric metric, double[] scores, int columns, Variable target, bool higher, Func<int, double> one) => new(
        metric,
        () => [.. Run.Numbers(metric.PerExample(Numbers(scores, columns), target)), metric.HigherIsBetter ? 1 : 0],
        () => [.. Enumerable.Range(0, scores.Length / columns).Select(one), higher ? 1 : 0]);

    /// <summary>Observed in two batches, whose sums are added up.</summary>
    private static Setting Counted(F1 metric, double[] scores, int columns, long[] labels, double[]? counts)
    {
        int rows = labels.Length, half = rows / 2;
        return new(
            metric,
            () =>
            {
                double[][] first = Observed(0, half), second = Observed(half, rows);
                return [metric.Total([.. first.Zip(second, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())]), metric.HigherIsBetter ? 1 : 0];
            },
            () =>
            {
                double sum = 0;
                int classes = 0;
                for (int c = 0; c < Math.Max(columns, 2); c++)
                {
                    double both = 0, taken = 0, actual = 0;
                    for (int i = 0; i < rows; i++)
                    {
                        double[] z = scores[(i * columns)..((i + 1) * columns)];
                        int guess = z.Any(double.IsNaN) ? -1 : columns > 1 ? First(z) : z[0] > 0 ? 1 : 0;
                        double weight = counts?[i] ?? 1;
                        taken += guess == c ? weight : 0;
                        actual += labels[i] == c ? weight : 0;
                        both += guess == c && labels[i] == c ? weight : 0;
                    }

                    if (taken + actual > 0 && (metric.Class ?? c) == c)
                        (sum, classes) = (sum + (2 * both / (taken + actual)), classes + 1);
                }

                return [sum / classes, 1];
            });

        double[][] Observed(int from, int to) =>
        [
            .. metric.Observe(
                Numbers(scores[(from * columns)..(to * columns)], columns), Run.Labels(labels[from..to]), counts is null ? null : Variable.Of(Value.Of(counts[from..to], to - from)))
                .Select(Run.Numbers),
        ];
    }

    /// <summary>A linear classifier of two classes: z₁ − z₀ = 2x₀ − x₁, and against the loss each x moves by ε toward the other class. The loss that is turned round
    /// moves it toward its own.</summary>
    private static Setting Attacked(double epsilon, Loss loss, int direction)
    {
        double[] x = [0.5, 0.4, -0.1, 0.3, 0.2, 0.3, 1, -1, -0.6, -0.4, 0.3, -0.3];
        long[] labels = [1, 0, 1, 0, 0, 1];
        var metric = new AdversarialAccuracy(loss, epsilon);
        return new(
            metric,
            () =>
            {
                Variable input = Variable.Input("input", DType.Float64, [6, 2]);
                Variable z = input.MatMul(Numbers([0.5, 2.5, 1, 0], 2));
                return
                [
                    .. Run.Numbers(Function.Compile([input], [metric.PerExample(z, Run.Labels(labels))], null, new ExecutionOptions { Threads = 1 }).Run(Value.Of(x, 6, 2))[0]),
                    metric.HigherIsBetter ? 1 : 0,
                ];
            },
            () => [.. x.Chunk(2).Zip(labels, (at, y) =>
            {
                int away = direction * (y == 1 ? -1 : 1);
                double margin = (2 * (at[0] + (away * epsilon))) - (at[1] - (away * epsilon));
                return (margin > 0) == (y == 1) ? 1.0 : 0;
            }), 1]);
    }

    private static int First(double[] z) => Array.IndexOf(z, z.Max());

    private static Variable Numbers(double[] content, int columns) => Variable.Of(Value.Of(content, content.Length / columns, columns));

    /// <summary>A loss that makes wrong answers good.</summary>
    private sealed record Reversed : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) => -new SoftmaxCrossEntropy().PerExample(prediction, target);
    }
}
