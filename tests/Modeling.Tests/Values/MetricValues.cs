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

    // How much ten examples count, one of them not at all.
    private static readonly double[] Counts = [1, 0, 2.5, 1, 0.5, 3, 1, 2, 1, 4];

    // Equal scores of both kinds, far ones, and one that is no number.
    private static readonly double[] Lone = [0.1, -0.1, 0.1, 3, -300, double.NaN, 1e9, 400];

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(Accuracy)] =
        [
            On(new Accuracy(), Scores, 3, Run.Labels(Classes), true, i => First(Scores[(3 * i)..((3 * i) + 3)]) == Classes[i] ? 1 : 0),
            On(new Accuracy(), [0.1, -0.1, 0, 3, -3], 1, Run.Labels(1, 1, 0, 0, 0), true, i => new[] { 1.0, 0, 1, 0, 1 }[i]),
            On(new Accuracy(), [0.1, -0.1, 0, 3, -3], 1, Numbers([1, 1, 0, 0, 0], 1), true, i => new[] { 1.0, 0, 1, 0, 1 }[i]),
        ],
        [nameof(AdversarialAccuracy)] = [Attacked(0, new SoftmaxCrossEntropy(), 1), Attacked(0.4, new SoftmaxCrossEntropy(), 1), Attacked(0.4, new Reversed(), -1)],
        [nameof(AreaUnderCurve)] =
        [
            Ranked(new AreaUnderCurve(), Scores, 3, Classes, null),
            Ranked(new AreaUnderCurve { Class = 1 }, Scores, 3, Classes, null),
            Ranked(new AreaUnderCurve { Class = 2 }, Scores, 3, Classes, [1, 0, 2.5, 1, 0.5, 3, 1]),
            Ranked(new AreaUnderCurve(), Lone, 1, [1, 1, 0, 0, 0, 1, 1, 0], [1, 0.5, 2, 1, 3, 1, 2, 1]),
            Ranked(new AreaUnderCurve { Class = 0 }, Lone, 1, [1, 1, 0, 0, 0, 1, 1, 0], null),
        ],
        [nameof(CalibrationError)] =
        [
            .. new[] { 1, 2, 3, 4, 15 }.Select(bins => Calibrated(new CalibrationError { Bins = bins }, Scores, 3, Classes, null)),
            Calibrated(new CalibrationError(), Scores, 3, Classes, [1, 0, 2.5, 1, 0.5, 3, 1]),
            Calibrated(new CalibrationError(), Lone, 1, [1, 1, 0, 0, 0, 1, 1, 0], null),
            Calibrated(new CalibrationError { Bins = 2 }, [0, 0.3, -0.2, 1, -2, 3], 1, [1, 1, 0, 0, 0, 1], [1, 0.5, 2, 1, 3, 1]),
        ],
        [nameof(ConfusionMatrix)] = [Table(null), Table([1, 0, 2.5, 1, 0.5, 3, 1])],
        [nameof(LogLoss)] =
        [
            On(new LogLoss(), Scores, 3, Run.Labels(Classes), false, i => LogSumExp(Scores[(3 * i)..((3 * i) + 3)]) - Scores[(3 * i) + (int)Classes[i]]),
            On(new LogLoss(), [0.1, -0.1, 0, 3, -3], 1, Run.Labels(1, 1, 0, 0, 0), false, i => new[] { Softplus(-0.1), Softplus(0.1), Softplus(0), Softplus(3), Softplus(-3) }[i]),
        ],
        [nameof(Precision)] = Ratios(new Precision(), new Precision { Class = 0 }, new Precision { Micro = true }, (both, taken, _) => both / taken),
        [nameof(Recall)] = Ratios(new Recall(), new Recall { Class = 0 }, new Recall { Micro = true }, (both, _, actual) => both / actual),
        [nameof(F1)] =
        [
            .. Ratios(new F1(), new F1 { Class = 1 }, new F1 { Micro = true }, (both, taken, actual) => 2 * both / (taken + actual)),
            Counted(new F1 { Class = 2 }, Scores, 3, Classes, [1, 0, 2.5, 1, 0.5, 3, 1], (both, taken, actual) => 2 * both / (taken + actual)),
            Counted(new F1(), Scores, 3, Classes, [1, 0, 2.5, 1, 0.5, 3, 1], (both, taken, actual) => 2 * both / (taken + actual)),
            Counted(new F1 { Class = 1 }, [0.1, -0.1, 0, 3, -3, double.NaN], 1, [1, 1, 0, 0, 0, 1], null, (both, taken, actual) => 2 * both / (taken + actual)),
        ],
        [nameof(MeanAbsoluteError)] =
        [
            On(new MeanAbsoluteError(), Scores[..20], 2, Numbers([.. Scores[1..21]], 2), false, i => (Math.Abs(Scores[2 * i] - Scores[(2 * i) + 1]) + Math.Abs(Scores[(2 * i) + 1] - Scores[(2 * i) + 2])) / 2),
            On(new MeanAbsoluteError { Likelihood = new HeteroscedasticGaussian() }, Scores[..20], 2, Numbers([.. Scores[1..11]], 1), false, i => Math.Abs(Scores[2 * i] - Scores[i + 1])),
        ],
        [nameof(RootMeanSquareError)] =
        [
            .. new double[]?[] { null, Counts }.Select(counts => Fitted(
                new RootMeanSquareError(), Scores[..20], 2, Scores[1..21], counts, false,
                (p, y, w) => Math.Sqrt(Enumerable.Range(0, 10).Sum(i => w(i) * (Math.Pow(p[2 * i] - y[2 * i], 2) + Math.Pow(p[(2 * i) + 1] - y[(2 * i) + 1], 2)) / 2) / Enumerable.Range(0, 10).Sum(w)))),
            Fitted(
                new RootMeanSquareError { Likelihood = new HeteroscedasticGaussian() }, Scores[..20], 2, Scores[1..11], null, false,
                (p, y, w) => Math.Sqrt(Enumerable.Range(0, 10).Average(i => Math.Pow(p[2 * i] - y[i], 2)))),
        ],
        [nameof(ExplainedVariance)] =
        [
            .. new double[]?[] { null, Counts }.Select(counts => Fitted(
                new ExplainedVariance(), Scores[..20], 2, Scores[1..21], counts, true, (p, y, w) => new[] { 0, 1 }.Average(k => Share([.. Enumerable.Range(0, 10).Select(i => p[(2 * i) + k])], [.. Enumerable.Range(0, 10).Select(i => y[(2 * i) + k])], w)))),
            Fitted(
                new ExplainedVariance { Likelihood = new HeteroscedasticGaussian() }, Scores[..20], 2, Scores[1..11], null, true,
                (p, y, w) => Share([.. Enumerable.Range(0, 10).Select(i => p[2 * i])], y, w)),
        ],
        [nameof(TopK)] =
        [
            .. new[] { 1, 2, 3 }.Select(k => On(
                new TopK(k), Scores, 3, Run.Labels(Classes), true, i => Enumerable.Range(0, 3).Count(c => Scores[(3 * i) + c] > Scores[(3 * i) + (int)Classes[i]]) < k ? 1 : 0)),
        ],
    };

    /// <summary>1 − Σ w·(y − p)²/Σ w·(y − ȳ)², the mean first.</summary>
    private static double Share(double[] p, double[] y, Func<int, double> w)
    {
        double all = Enumerable.Range(0, y.Length).Sum(w), mean = Enumerable.Range(0, y.Length).Sum(i => w(i) * y[i]) / all;
        return 1 - (Enumerable.Range(0, y.Length).Sum(i => w(i) * (y[i] - p[i]) * (y[i] - p[i])) / Enumerable.Range(0, y.Length).Sum(i => w(i) * (y[i] - mean) * (y[i] - mean)));
    }

    /// <summary>Observed in two batches of numbers, whose sums are added up.</summary>
    private static Setting Fitted(Metric metric, double[] p, int columns, double[] y, double[]? counts, bool higher, Func<double[], double[], Func<int, double>, double> expected)
    {
        int rows = p.Length / columns, half = (rows / 2) - 1, width = y.Length / rows;
        return new(
            metric,
            () =>
            {
                double[][] first = Observed(0, half), second = Observed(half, rows);
                return [metric.Total([.. first.Zip(second, (a, b) => a.Zip(b, (x, z) => x + z).ToArray())]), metric.HigherIsBetter ? 1 : 0];
            },
            () => [expected(p, y, i => counts?[i] ?? 1), higher ? 1 : 0]);

        double[][] Observed(int from, int to) =>
        [
            .. metric.Observe(
                Numbers(p[(from * columns)..(to * columns)], columns), Numbers(y[(from * width)..(to * width)], width), counts is null ? null : Variable.Of(Value.Of(counts[from..to], to - from)))
                .Select(Run.Numbers),
        ];
    }

    private static Setting On(MeanMetric metric, double[] scores, int columns, Variable target, bool higher, Func<int, double> one) => new(
        metric,
        () => [.. Run.Numbers(metric.PerExample(Numbers(scores, columns), target)), metric.HigherIsBetter ? 1 : 0],
        () => [.. Enumerable.Range(0, scores.Length / columns).Select(one), higher ? 1 : 0]);

    private static Setting[] Ratios(ClassRatio all, ClassRatio one, ClassRatio micro, Func<double, double, double, double> ratio) =>
        [.. new[] { all, one, micro }.Select(metric => Counted(metric, Scores, 3, Classes, null, ratio))];

    private static Setting Counted(ClassRatio metric, double[] scores, int columns, long[] labels, double[]? counts, Func<double, double, double, double> ratio) =>
        Passed(metric, scores, columns, labels, counts, () =>
        {
            double[][] table = Taken(scores, columns, labels, counts);
            double[][] parts = [.. table.Select((own, c) => new[] { own[c], table.Sum(row => row[c]), labels.Select((y, i) => y == c ? counts?[i] ?? 1 : 0).Sum() }).Where((p, c) => p[1] + p[2] > 0 && (metric.Class ?? c) == c)];
            return metric.Micro ? ratio(parts.Sum(p => p[0]), parts.Sum(p => p[1]), parts.Sum(p => p[2])) : parts.Average(p => ratio(p[0], p[1], p[2]));
        });

    /// <summary>κ = (o − e)/(1 − e), and the counts themselves.</summary>
    private static Setting Table(double[]? counts)
    {
        double[][] table = Taken(Scores, 3, Classes, counts);
        double all = table.Sum(row => row.Sum()), right = Enumerable.Range(0, 3).Sum(c => table[c][c]) / all;
        double chance = Enumerable.Range(0, 3).Sum(c => table[c].Sum() / all * (table.Sum(row => row[c]) / all));
        Setting kappa = Passed(new ConfusionMatrix(), Scores, 3, Classes, counts, () => (right - chance) / (1 - chance));
        Variable? weights = counts is null ? null : Variable.Of(Value.Of(counts, counts.Length));
        return kappa with
        {
            AtWork = new(
                kappa.Component,
                () => [.. ConfusionMatrix.Counts([.. new ConfusionMatrix().Observe(Numbers(Scores, 3), Run.Labels(Classes), weights).Select(Run.Numbers)]).SelectMany(row => row)],
                () => [.. table.SelectMany(row => row)]),
        };
    }

    /// <summary>Each pair of an example of the class and another one, for each class.</summary>
    private static Setting Ranked(AreaUnderCurve metric, double[] scores, int columns, long[] labels, double[]? counts) =>
        Passed(metric, scores, columns, labels, counts, () =>
        {
            int[] classes = metric.Class is { } only ? [only] : columns == 1 ? [1] : [.. Enumerable.Range(0, columns)];
            return classes.Average(c =>
            {
                double[] s = [.. scores.Chunk(columns).Select(z => columns == 1 ? (c == 1 ? z[0] : -z[0]) : z[c] - LogSumExp([.. z.Where((_, k) => k != c)]))];
                double right = 0, pairs = 0;
                for (int i = 0; i < s.Length; i++)
                {
                    for (int j = 0; j < s.Length; j++)
                    {
                        if (labels[i] != c || labels[j] == c)
                            continue;
                        double weight = (counts?[i] ?? 1) * (counts?[j] ?? 1);
                        pairs += weight;
                        bool lost = double.IsNaN(s[i]) || double.IsNaN(s[j]);
                        right += lost ? 0 : s[i] > s[j] ? weight : s[i] == s[j] ? weight / 2 : 0;
                    }
                }

                return right / pairs;
            });
        });

    /// <summary>Bin after bin, all examples whose greatest probability lies in it.</summary>
    private static Setting Calibrated(CalibrationError metric, double[] scores, int columns, long[] labels, double[]? counts) =>
        Passed(metric, scores, columns, labels, counts, () =>
        {
            double error = 0, all = 0;
            for (int bin = 0; bin < metric.Bins; bin++)
            {
                double weight = 0, right = 0, confidence = 0;
                for (int i = 0; i < labels.Length; i++)
                {
                    double[] z = columns == 1 ? [0, scores[i]] : scores[(i * columns)..((i + 1) * columns)];
                    double p = 1 / z.Sum(other => Math.Exp(other - z.Max()));
                    if (!(p > (double)bin / metric.Bins && p <= (bin + 1.0) / metric.Bins))
                        continue;
                    double w = counts?[i] ?? 1;
                    (weight, right, confidence) = (weight + w, right + (First(z) == labels[i] ? w : 0), confidence + (w * p));
                }

                all += weight;
                error += weight == 0 ? 0 : weight * Math.Abs((right / weight) - (confidence / weight));
            }

            return error / all;
        });

    /// <summary>Observed in two batches, whose sums are added up.</summary>
    private static Setting Passed(Metric metric, double[] scores, int columns, long[] labels, double[]? counts, Func<double> expected)
    {
        int rows = labels.Length, half = rows / 2;
        return new(
            metric,
            () =>
            {
                double[][] first = Observed(0, half), second = Observed(half, rows);
                return [metric.Total([.. first.Zip(second, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())]), metric.HigherIsBetter ? 1 : 0];
            },
            () => [expected(), metric is CalibrationError ? 0 : 1]);

        double[][] Observed(int from, int to) =>
        [
            .. metric.Observe(
                Numbers(scores[(from * columns)..(to * columns)], columns), Run.Labels(labels[from..to]), counts is null ? null : Variable.Of(Value.Of(counts[from..to], to - from)))
                .Select(Run.Numbers),
        ];
    }

    /// <summary>How often examples of each class are taken for each.</summary>
    private static double[][] Taken(double[] scores, int columns, long[] labels, double[]? counts)
    {
        int classes = Math.Max(columns, 2);
        double[][] table = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
        for (int i = 0; i < labels.Length; i++)
        {
            double[] z = scores[(i * columns)..((i + 1) * columns)];
            if (!z.Any(double.IsNaN))
                table[labels[i]][columns > 1 ? First(z) : z[0] > 0 ? 1 : 0] += counts?[i] ?? 1;
        }

        return table;
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
