using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Three small tables, halved at random ten times, each half tested by what the other taught.</summary>
internal sealed class SmallTables : Experiment
{
    private const int Halvings = 10;

    public override string Name => "small-tables";

    public override string Source => "Figures of ML.NET's own trainers on the same files: logistic regression (book 6.2.2.2, 7.1) and prices of houses";

    public override string Settings =>
        "two-fold cross-validation, mean over 10 halvings; columns scaled to 0 to 1 by the training half; logistic regression by proximal descent at 1, the sum of losses with Σ|w| + 0.05·Σw² (cancer) or 0.005·Σw² (iris); " +
        "houses: 13-50-1 rectifiers with dropout 0.05, Adam 0.01, standardized columns; epochs are steps of descent";

    public override int Epochs => 2000;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        double[][] cancer = laboratory.Data.Rows("breast-cancer", "breast-cancer-withheader.txt", '\t', 1), iris = Table(laboratory.Data.File("iris", "iris.txt"));
        double[][] houses = laboratory.Data.Rows("boston-housing", "housing.txt", '\t', 1);
        double[] sick = Mean(laboratory, cancer, (train, test) => Classify(laboratory, train, test, 2, l1: 1, l2: 0.1));
        double[] flowers = Mean(laboratory, iris, (train, test) => Classify(laboratory, train, test, 3, l1: 0, l2: 0.01));
        double[] prices = Mean(laboratory, houses, (train, test) => [Price(laboratory, train, test)]);
        return
        [
            new("accuracy % on breast cancer", 100 * sick[0], "96.62 ± 0.27"),
            new("area under the curve on breast cancer", sick[2], "0.9957 ± 0.0016"),
            new("accuracy % on iris", 100 * flowers[0], "97.40 ± 1.19"),
            new("nats on iris", flowers[1], "0.0888 (its penalty is not known)"),
            new("rmse on houses", prices[0], "4.58 ± 0.12 (fast forest)"),
        ];
    }

    private static double[][] Table(string path) =>
        [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t').Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];

    private static double[] Mean(Laboratory laboratory, double[][] rows, Func<double[][], double[][], double[]> evaluate)
    {
        double[]? sum = null;
        for (int halving = 0; halving < Halvings; halving++)
        {
            double[][] order = [.. rows];
            laboratory.Random("halves").Fork(rows.Length).Fork(halving).Shuffle(order.AsSpan());
            double[][] first = order[..(rows.Length / 2)], second = order[(rows.Length / 2)..];
            foreach ((double[][] train, double[][] test) in new[] { (first, second), (second, first) })
            {
                laboratory.ThrowIfCancelled();
                double[] found = evaluate(train, test);
                sum = sum is null ? found : [.. sum.Zip(found, (a, b) => a + b)];
            }
        }

        return [.. sum!.Select(v => v / (2 * Halvings))];
    }

    /// <summary>Accuracy, nats, and for two classes the area under the curve.</summary>
    private static double[] Classify(Laboratory laboratory, double[][] train, double[][] test, int classes, double l1, double l2)
    {
        int columns = train[0].Length - 1;
        double[] least = [.. Enumerable.Range(1, columns).Select(c => train.Min(r => r[c]))], greatest = [.. Enumerable.Range(1, columns).Select(c => train.Max(r => r[c]))];
        Dataset Scale(double[][] rows) => Dataset.FromLabels(
            [.. rows.SelectMany(r => Enumerable.Range(0, columns).Select(c => (float)((r[c + 1] - least[c]) / (greatest[c] - least[c]))))], [columns], [.. rows.Select(r => (long)r[0])], classes);
        int outputs = classes == 2 ? 1 : classes;
        var model = new Dense(columns, outputs, laboratory.Random("weights"));
        var trainer = new Trainer
        {
            Model = model,
            Loss = classes == 2 ? new BinaryCrossEntropy() : new SoftmaxCrossEntropy(),
            Optimizer = new ProximalL1(l1 / train.Length, new Sgd { LearningRate = 1 }),
            Regularizers = [new L2(l2 / train.Length)],
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
        trainer.Fit(Scale(train), new FitOptions { Epochs = laboratory.Epochs, BatchSize = train.Length, Shuffle = false }, laboratory.Cancellation);
        laboratory.ThrowIfCancelled();
        Dataset held = Scale(test);
        Evaluation evaluation = trainer.Evaluate(held);
        return [evaluation["accuracy"], evaluation.Loss, classes == 2 ? Area(model.Predict(held, laboratory.Execution), held) : double.NaN];
    }

    /// <summary>The share of pairs of a sick and a healthy row that the score puts in the right order; ties count half.</summary>
    private static double Area(Value scores, Dataset data)
    {
        double right = 0, pairs = 0;
        for (int i = 0; i < data.Count; i++)
        {
            for (int j = 0; j < data.Count; j++)
            {
                if (data.Labels.Span[i] != 1 || data.Labels.Span[j] != 0)
                    continue;
                pairs++;
                right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
            }
        }

        return right / pairs;
    }

    private static double Price(Laboratory laboratory, double[][] train, double[][] test)
    {
        int columns = train[0].Length;
        double[] mean = [.. Enumerable.Range(0, columns).Select(c => train.Average(r => r[c]))];
        double[] spread = [.. Enumerable.Range(0, columns).Select(c => Math.Sqrt(train.Average(r => (r[c] - mean[c]) * (r[c] - mean[c]))))];
        Dataset Scale(double[][] rows) => Dataset.FromTargets(
            [.. rows.SelectMany(r => Enumerable.Range(1, columns - 1).Select(c => (float)((r[c] - mean[c]) / spread[c])))], [columns - 1], [.. rows.Select(r => (float)((r[0] - mean[0]) / spread[0]))], [1]);
        RandomSource random = laboratory.Random("houses");
        var trainer = new Trainer
        {
            Model = new Sequential(new Dropout(0.05, random), new Dense(columns - 1, 50, random) { Activation = Ops.Relu }, new Dropout(0.05, random), new Dense(50, 1, random)),
            Loss = new MeanSquaredError(),
            Optimizer = new Adam { LearningRate = 0.01 },
            Execution = laboratory.Execution,
        };
        trainer.Fit(Scale(train), new FitOptions { Epochs = 200, BatchSize = 64, Seed = laboratory.Seed }, laboratory.Cancellation);
        laboratory.ThrowIfCancelled();
        return Math.Sqrt(trainer.Evaluate(Scale(test)).Loss) * spread[0];
    }
}
