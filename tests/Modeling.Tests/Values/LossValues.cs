using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every loss on eight examples, the last two of them extreme, against its formula.</summary>
internal static class LossValues
{
    private const int Rows = 8;

    private static readonly long[] Classes = [2, 0, 1, 1, 0, 2, 2, 0], HalfLabelled = [2, -1, 1, -1, -1, 2, 2, 0];

    private static readonly LearningTask Squares = new("first", new MeanSquaredError()), Absolute = new("second", new LaplaceLikelihood(), 0.5);

    private static readonly Loss Entropy = new SoftmaxCrossEntropy(), Distance = new LaplaceLikelihood(), Yes = new BinaryCrossEntropy();

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(BinaryCrossEntropy)] =
        [
            OnNumbers(new BinaryCrossEntropy(), 2, Shares(2), (z, y) => Bits(z[0], y[0]) + Bits(z[1], y[1])),
            OnLabels(new BinaryCrossEntropy(), 1, [1, 0, 1, 1, 0, 0, 1, 0], (z, y) => Bits(z[0], y)),
        ],
        [nameof(ClassWeighted)] =
        [
            OnLabels(new ClassWeighted(Entropy, 1, 2, 0.5), 3, Classes, Nats, y => new[] { 1, 2, 0.5 }[y]),
            OnLabels(new ClassWeighted(Entropy, 1, 0, 3), 3, Classes, Nats, y => new[] { 1, 0, 3.0 }[y]),
            OnLabels(
                new ClassWeighted(new SoftmaxCrossEntropy { Smoothing = 0.2 }, 1, 2, 0.5), 3, Classes, (z, y) => Smooth(z, y, 0.8 + (0.2 / 3), 0.2 / 3), y => new[] { 1, 2, 0.5 }[y]),
        ],
        [nameof(FullCovarianceGaussian)] =
        [
            OnNumbers(new FullCovarianceGaussian(2), 5, Reals(2), (z, y) => Covariance(z, y, 2, 1e-3)),
            OnNumbers(new FullCovarianceGaussian(2) { Floor = 0.5 }, 5, Reals(2), (z, y) => Covariance(z, y, 2, 0.5)),
            OnNumbers(new FullCovarianceGaussian(3), 9, Reals(3), (z, y) => Covariance(z, y, 3, 1e-3), 1e-6),
        ],
        [nameof(GaussianLikelihood)] =
        [
            OnNumbers(new GaussianLikelihood(), 2, Reals(2), (z, y) => Normal(y[0], z[0], 1) + Normal(y[1], z[1], 1)),
            OnNumbers(new GaussianLikelihood { Variance = 4 }, 2, Reals(2), (z, y) => Normal(y[0], z[0], 4) + Normal(y[1], z[1], 4)),
        ],
        [nameof(GenerativeDiscriminative)] =
        [
            OnLabels(new GenerativeDiscriminative(0), 3, HalfLabelled, Nats, Labelled),
            OnLabels(new GenerativeDiscriminative(0.3), 3, HalfLabelled, Nats, Labelled, z => -0.3 * LogSumExp(z)),
        ],
        [nameof(HeteroscedasticGaussian)] =
        [
            OnNumbers(new HeteroscedasticGaussian(), 2, Reals(1), (z, y) => Normal(y[0], z[0], Softplus(z[1]) + 1e-4)),
            OnNumbers(new HeteroscedasticGaussian { Floor = 0.5 }, 2, Reals(1), (z, y) => Normal(y[0], z[0], Softplus(z[1]) + 0.5)),
            OnNumbers(new HeteroscedasticGaussian { Precision = true }, 2, Reals(1), (z, y) => Normal(y[0], z[0], 1 / (Softplus(z[1]) + 1e-4))),
            OnNumbers(
                new HeteroscedasticGaussian { Outputs = 2 }, 4, Reals(2),
                (z, y) => Normal(y[0], z[0], Softplus(z[2]) + 1e-4) + Normal(y[1], z[1], Softplus(z[3]) + 1e-4)),
        ],
        [nameof(Huber)] = [.. new[] { 1.0, 0.5, 4 }.Select(width => OnNumbers(new Huber(width), 2, Reals(2), (z, y) => (Bend(y[0] - z[0], width) + Bend(y[1] - z[1], width)) / 2))],
        [nameof(LabelledOnly)] =
        [
            OnLabels(new LabelledOnly(Entropy), 3, HalfLabelled, Nats, Labelled),
            OnLabels(new LabelledOnly(Entropy), 3, [-1, -1, -1, -1, -1, -1, -1, -1], Nats, Labelled),
            OnLabels(new LabelledOnly(new ClassWeighted(Entropy, 1, 2, 0.5)), 3, HalfLabelled, Nats, y => y < 0 ? 0 : new[] { 1, 2, 0.5 }[y]),
        ],
        [nameof(LaplaceLikelihood)] = [.. new[] { 1, 0.3 }.Select(
            b => OnNumbers(new LaplaceLikelihood { Scale = b }, 2, Reals(2), (z, y) => ((Math.Abs(y[0] - z[0]) + Math.Abs(y[1] - z[1])) / b) + (2 * Math.Log(2 * b))))],
        [nameof(MeanSquaredError)] = [OnNumbers(new MeanSquaredError(), 2, Reals(2), (z, y) => (Square(z[0] - y[0]) + Square(z[1] - y[1])) / 2)],
        [nameof(MixtureDensity)] =
        [
            OnNumbers(new MixtureDensity(2, 2), 8, Reals(2), (z, y) => Mixture(z, y, 2, 2, 1e-6)),
            OnNumbers(new MixtureDensity(2, 2) { VarianceFloor = 0.2 }, 8, Reals(2), (z, y) => Mixture(z, y, 2, 2, 0.2)),
            OnNumbers(new MixtureDensity(2, 2) { VarianceFloor = 0 }, 8, Reals(2), (z, y) => Mixture(z, y, 2, 2, 0)),
            OnNumbers(new MixtureDensity(3, 2), 12, Reals(2), (z, y) => Mixture(z, y, 3, 2, 1e-6)),
            OnNumbers(new MixtureDensity(2, 1), 6, Reals(1), (z, y) => Mixture(z, y, 2, 1, 1e-6)),
        ],
        [nameof(MultiTask)] =
        [
            OnTasks(new MultiTask(Squares, Absolute), (z, y) => Square(z[0] - y[0]) + (0.5 * (Math.Abs(z[1] - y[1]) + Math.Log(2)))),
            OnTasks(
                new MultiTask(Squares, Absolute) { LearnWeights = true },
                (z, y) => (Math.Exp(-0.3) * Square(z[0] - y[0])) + 0.3 + (Math.Exp(0.4) * 0.5 * (Math.Abs(z[1] - y[1]) + Math.Log(2))) - 0.4,
                0.3, -0.4),
            OnTasks(new MultiTask(Squares, Absolute with { Weight = 2 }), (z, y) => Square(z[0] - y[0]) + (2 * (Math.Abs(z[1] - y[1]) + Math.Log(2)))),
        ],
        [nameof(PoissonLikelihood)] = [OnNumbers(
            new PoissonLikelihood(), 2, [0, 1, 2, 5, 17, 3, 0, 0, 40, 1, 2, 2, 1, 0, 3, 1], (z, y) => Counts(z[0], (int)y[0]) + Counts(z[1], (int)y[1]), 1e-9)],
        [nameof(QuantileLoss)] = [.. new[] { 0.5, 0.9, 0.1 }.Select(
            t => OnNumbers(new QuantileLoss(t), 2, Reals(2), (z, y) => (Tilted(y[0] - z[0], t) + Tilted(y[1] - z[1], t)) / 2))],
        [nameof(SumOfLosses)] =
        [
            OnNumbers(new SumOfLosses((1, new MeanSquaredError()), (0.5, new QuantileLoss(0.9))), 2, Reals(2), (z, y) => SquaresAndTilted(z, y, 1, 0.5)),
            OnNumbers(new SumOfLosses((2, new MeanSquaredError()), (0.5, new QuantileLoss(0.9))), 2, Reals(2), (z, y) => SquaresAndTilted(z, y, 2, 0.5)),
            OnNumbers((3 * (new MeanSquaredError() + (0.5 * new QuantileLoss(0.9)))) + new MeanSquaredError(), 2, Reals(2), (z, y) => SquaresAndTilted(z, y, 4, 1.5)),
        ],
        [nameof(SequenceLoss)] =
        [
            OnSteps(new SequenceLoss(Distance), 2, 4, Reals(4), (z, y) => (Apart(z[..2], y[..2]) + Apart(z[2..], y[2..])) / 2),
            OnSteps(new SequenceLoss(Distance) { Weights = [1, 3] }, 2, 4, Reals(4), (z, y) => (Apart(z[..2], y[..2]) + (3 * Apart(z[2..], y[2..]))) / 4),
            OnSteps(new SequenceLoss(Distance), 4, 4, Reals(4), (z, y) => z.Zip(y, (a, b) => Apart([a], [b])).Average()),
            OnSteps(new SequenceLoss(new MeanSquaredError()), 2, 4, Reals(4), (z, y) => z.Zip(y, (a, b) => Square(a - b)).Average()),
            OnSteps(new SequenceLoss(Yes), 2, 2, Shares(2), (z, y) => (Bits(z[0], y[0]) + Bits(z[1], y[1])) / 2),
            OnSteps(
                new SequenceLoss(new LabelledOnly(Yes)), 2, 2, Padded,
                (z, y) => Enumerable.Range(0, 2).Sum(t => y[t] < 0 ? 0 : Bits(z[t], y[t])) / Math.Max(1, y.Count(c => c >= 0)), labels: true),
            OnSteps(
                new SequenceLoss(new LabelledOnly(Entropy)), 2, 4, Padded,
                (z, y) => Enumerable.Range(0, 2).Sum(t => y[t] < 0 ? 0 : Nats(z[(2 * t)..((2 * t) + 2)], (long)y[t])) / Math.Max(1, y.Count(c => c >= 0)), labels: true),
            OnSteps(
                new SequenceLoss(new LabelledOnly(Entropy)) { Weights = [1, 3] }, 2, 4, Padded,
                (z, y) => Enumerable.Range(0, 2).Sum(t => y[t] < 0 ? 0 : ((2 * t) + 1) * Nats(z[(2 * t)..((2 * t) + 2)], (long)y[t])) /
                    Math.Max(1e-12, (y[0] < 0 ? 0 : 1) + (y[1] < 0 ? 0 : 3)), labels: true),
        ],
        [nameof(SoftmaxCrossEntropy)] =
        [
            OnLabels(new SoftmaxCrossEntropy(), 3, Classes, Nats),
            OnLabels(new SoftmaxCrossEntropy { Smoothing = 0.3 }, 3, Classes, (z, y) => Smooth(z, y, 0.7 + 0.1, 0.1)),
            OnLabels(new SoftmaxCrossEntropy { Smoothing = 0.3, SmoothingForm = SmoothingForm.OtherClasses }, 3, Classes, (z, y) => Smooth(z, y, 0.7, 0.15)),
        ],
    };

    private static double[] Padded => [0, 1, 1, -1, -1, 0, 1, 1, 0, -1, -1, -1, 0, 0, 1, 1];

    private static Setting OnNumbers(Loss loss, int outputs, double[] targets, Func<double[], double[], double> one, double tolerance = Setting.Double)
    {
        double[] predictions = Predictions(outputs);
        int numbers = targets.Length / Rows;
        return Setting.Of(
            loss,
            () => loss.PerExample(Variable.Of(Value.Of(predictions, Rows, outputs)), Variable.Of(Value.Of(targets, Rows, numbers))),
            () => [.. predictions.Chunk(outputs).Zip(targets.Chunk(numbers), one)],
            tolerance);
    }

    /// <summary>A number for each sequence of some steps.</summary>
    private static Setting OnSteps(SequenceLoss loss, int steps, int outputs, double[] targets, Func<double[], double[], double> one, bool labels = false)
    {
        double[] predictions = Predictions(outputs);
        int numbers = targets.Length / Rows;
        Value target = labels ? Value.Of([.. targets.Select(y => (long)y)], Rows, steps) : Value.Of(targets, Rows, steps, numbers / steps);
        return Setting.Of(
            loss,
            () => loss.PerExample(Variable.Of(Value.Of(predictions, Rows, steps, outputs / steps)), Variable.Of(target)),
            () => [.. predictions.Chunk(outputs).Zip(targets.Chunk(numbers), one)]);
    }

    /// <summary>The mean of the loss of two tasks of one number each, and perhaps with learned weights.</summary>
    private static Setting OnTasks(MultiTask loss, Func<double[], double[], double> one, params double[] weights)
    {
        double[] predictions = Predictions(2), targets = Reals(2);
        var fields = new Named(("first", Column(targets, 0)), ("second", Column(targets, 1)));
        var outputs = new Named([("first", Column(predictions, 0)), ("second", Column(predictions, 1)),
            .. weights.Length == 0 ? [] : new[] { (MultiTask.WeightsOutput, Variable.Of(Value.Of([.. Enumerable.Repeat(weights, Rows).SelectMany(s => s)], Rows, 2))) }]);
        return Setting.Of(
            loss, () => loss.Mean(outputs, fields, new ExampleSymbols(fields)), () => [predictions.Chunk(2).Zip(targets.Chunk(2), one).Average()]);

        static Variable Column(double[] all, int column) => Variable.Of(Value.Of([.. all.Where((_, i) => i % 2 == column)], Rows, 1));
    }

    /// <summary>With the mean of the batch as the last number, Σ m·l/Σ m over what each example counts, and the mean of what every example adds.</summary>
    private static Setting OnLabels(
        Loss loss, int outputs, long[] labels, Func<double[], long, double> one, Func<long, double>? counts = null, Func<double[], double>? always = null)
    {
        double[] predictions = Predictions(outputs);
        return Setting.Of(
            loss,
            () =>
            {
                Variable z = Variable.Of(Value.Of(predictions, Rows, outputs)), y = Run.Labels(labels);
                return Ops.Concat(0, loss.PerExample(z, y), loss.Mean(z, y).Reshape([1]));
            },
            () =>
            {
                double[] count = [.. labels.Select(counts ?? (_ => 1.0))], more = [.. predictions.Chunk(outputs).Select(always ?? (_ => 0.0))];
                double[] each = [.. predictions.Chunk(outputs).Select((z, i) => count[i] == 0 ? 0 : count[i] * one(z, labels[i]))];
                return [.. each.Zip(more, (a, b) => a + b), (count.Sum() == 0 ? 0 : each.Sum() / count.Sum()) + more.Average()];
            });
    }

    private static double Labelled(long y) => y < 0 ? 0 : 1;

    private static double[] Predictions(int outputs) =>
        [.. Enumerable.Range(0, Rows * outputs).Select(i => (i / outputs) switch { Rows - 1 => 0.0, Rows - 2 => i % 2 == 0 ? 12 : -12, _ => 2 * Math.Sin((1.7 * i) + 0.3) })];

    private static double[] Reals(int numbers) => [.. Enumerable.Range(0, Rows * numbers).Select(i => i / numbers == Rows - 1 ? 0 : 1.5 * Math.Cos((2.3 * i) + 0.1))];

    private static double[] Shares(int numbers) => [.. Reals(numbers).Select((y, i) => i < 4 ? i % 2 : 0.5 + (y / 4))];

    private static double Bits(double z, double y) => (y * Softplus(-z)) + ((1 - y) * Softplus(z));

    private static double Nats(double[] z, long y) => LogSumExp(z) - z[y];

    private static double Smooth(double[] z, long y, double own, double other)
    {
        double sum = 0;
        for (int i = 0; i < z.Length; i++)
            sum += (i == y ? own : other) * Nats(z, i);
        return sum;
    }

    private static double SquaresAndTilted(double[] z, double[] y, double squares, double tilted) =>
        (squares * (Square(z[0] - y[0]) + Square(z[1] - y[1])) / 2) + (tilted * (Tilted(y[0] - z[0], 0.9) + Tilted(y[1] - z[1], 0.9)) / 2);

    private static double Normal(double y, double mean, double variance) => (Square(y - mean) / (2 * variance)) + (0.5 * Math.Log(2 * Math.PI * variance));

    private static double Bend(double e, double width) => Math.Abs(e) <= width ? e * e / 2 : width * (Math.Abs(e) - (width / 2));

    private static double Tilted(double e, double level) => e >= 0 ? level * e : (level - 1) * e;

    private static double Apart(double[] z, double[] y) => z.Zip(y, (a, b) => Math.Abs(a - b) + Math.Log(2)).Sum();

    private static double Counts(double z, int y)
    {
        double logarithm = 0;
        for (int k = 2; k <= y; k++)
            logarithm += Math.Log(k);
        return Math.Exp(z) - (y * z) + logarithm;
    }

    /// <summary>−ln of a sum of densities, each computed by itself.</summary>
    private static double Mixture(double[] z, double[] y, int components, int outputs, double floor)
    {
        double[] terms = new double[components];
        double all = LogSumExp(z[..components]);
        for (int k = 0; k < components; k++)
        {
            double variance = Math.Exp(2 * z[(components * (1 + outputs)) + k]) + floor;
            terms[k] = z[k] - all;
            for (int d = 0; d < outputs; d++)
                terms[k] -= Normal(y[d], z[components + (k * outputs) + d], variance);
        }

        return -LogSumExp(terms);
    }

    /// <summary>The density of the covariance BBᵀ, which is inverted by Gaussian elimination.</summary>
    private static double Covariance(double[] z, double[] y, int d, double floor)
    {
        var b = new double[d, d];
        for (int i = 0, at = d; i < d; i++)
        {
            for (int j = 0; j <= i; j++, at++)
                b[i, j] = i == j ? Softplus(z[at]) + floor : z[at];
        }

        var matrix = new double[d, d + 1];
        double[] e = [.. y.Zip(z, (a, c) => a - c)];
        for (int i = 0; i < d; i++)
        {
            matrix[i, d] = e[i];
            for (int j = 0; j < d; j++)
            {
                for (int k = 0; k < d; k++)
                    matrix[i, j] += b[i, k] * b[j, k];
            }
        }

        double logDeterminant = 0;
        for (int p = 0; p < d; p++)
        {
            logDeterminant += Math.Log(matrix[p, p]);
            for (int i = 0; i < d; i++)
            {
                double factor = i == p ? 0 : matrix[i, p] / matrix[p, p];
                for (int j = p; j <= d; j++)
                    matrix[i, j] -= factor * matrix[p, j];
            }
        }

        double square = 0;
        for (int i = 0; i < d; i++)
            square += e[i] * matrix[i, d] / matrix[i, i];
        return 0.5 * (square + logDeterminant + (d * Math.Log(2 * Math.PI)));
    }
}
