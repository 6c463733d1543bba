using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Vectors of variable length of numbers, read by a gated recurrent unit: padding within a batch of training changes nothing, and any length is scored.</summary>
public sealed class SeriesTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["Start", "Steps", "Moves"],
        ColumnOptions = new Dictionary<string, ColumnOptions> { ["Moves"] = new ColumnOptions { Width = 3 } },
        LabelColumn = "End",
        HiddenUnits = [],
        ValidationFraction = 0,
        Epochs = 2,
        Optimizer = new Adam { LearningRate = 0.02 },
        Seed = 5,
    };

    [Fact]
    public void Scores_are_what_plain_loops_over_the_parameters_give()
    {
        Row[] rows = Rows(90);
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options).Fit(Ml.Data.LoadFromEnumerable(rows));
        var values = model.Network.Parameters.ToDictionary(p => p.Name, p => p.Value.Span<float>().ToArray());
        float[] weights = values.Single(v => v.Key.EndsWith(".weight", StringComparison.Ordinal) && v.Value.Length == 1 + 8 + 3).Value;
        float[] bias = values.Single(v => v.Key.EndsWith(".bias", StringComparison.Ordinal) && v.Value.Length == 1).Value;
        (double startMean, double startDeviation) = Moments(rows.Select(r => (double)r.Start));
        (double endMean, double endDeviation) = Moments(rows.Select(r => (double)r.End));
        float[] scores = [.. model.Transform(Ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        for (int r = 0; r < rows.Length; r++)
        {
            double[] inputs =
            [
                (rows[r].Start - startMean) / startDeviation,
                .. Last("Steps", 8, Standardized(rows[r].Steps.Select(v => (double)v), rows.SelectMany(o => o.Steps).Select(v => (double)v))),
                .. Last("Moves", 3, Standardized(rows[r].Moves.Select(v => (double)v), rows.SelectMany(o => o.Moves).Select(v => (double)v))),
            ];
            double sum = bias[0] + inputs.Zip(weights, (x, w) => x * w).Sum();
            Assert.Equal((sum * endDeviation) + endMean, scores[r], 2e-3);
        }

        // A sequence begins with 0 in its own units.
        double[] Standardized(IEnumerable<double> own, IEnumerable<double> all)
        {
            (double mean, double deviation) = Moments(all);
            return [.. own.Prepend(0).Select(v => (v - mean) / deviation)];
        }

        // Gates z, r and n behind each other: h ← (1 − z)·n + z·h with n = tanh(Wn x + bn + r·(Rn h + cn)).
        double[] Last(string column, int units, double[] steps)
        {
            float[][] all = [.. values.Where(v => v.Key.StartsWith($"steps_{column}.", StringComparison.Ordinal)).Select(v => v.Value)];
            float[] w = all.Single(v => v.Length == 3 * units), u = all.Single(v => v.Length == 3 * units * units), b = all.Single(v => v.Length == 6 * units);
            var state = new double[units];
            foreach (double x in steps)
            {
                double Input(int row) => (w[row] * x) + b[row];
                double[] recurrent = [.. Enumerable.Range(0, 3 * units).Select(row => b[(3 * units) + row] + Enumerable.Range(0, units).Sum(k => u[(row * units) + k] * state[k]))];
                state = [.. Enumerable.Range(0, units).Select(i =>
                {
                    double z = Sigmoid(Input(i) + recurrent[i]), reset = Sigmoid(Input(units + i) + recurrent[units + i]);
                    return ((1 - z) * Math.Tanh(Input((2 * units) + i) + (reset * recurrent[(2 * units) + i]))) + (z * state[i]);
                })];
            }

            return state;
        }
    }

    [Fact]
    public void Steps_are_standardized_by_the_weights_of_their_rows()
    {
        Row[] rows = Rows(40);
        for (int i = 0; i < rows.Length; i++)
            rows[i].Weight = i % 3;
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        NeuralNetworkOptions options = Options with { ExampleWeightColumn = "Weight" };
        var statistics = TrainingStatistics.Of(new TrainingColumns(Ml, data, options, new LearnedTask(new RegressionHead(options), options.LabelColumn, "", 1)), data);
        (double mean, double deviation) = Moments(rows.SelectMany(r => r.Steps.SelectMany(step => Enumerable.Repeat((double)step, (int)r.Weight))));
        Assert.Equal(mean, statistics.Series(0).Mean, 1e-5);
        Assert.Equal(deviation, statistics.Series(0).Deviation, 1e-5);
        Assert.NotEqual(mean, Moments(rows.SelectMany(r => r.Steps.Select(step => (double)step))).Mean, 1e-2);
    }

    [Fact]
    public void Any_length_and_none_is_scored_in_order_and_one_by_one_from_memory_or_a_stream()
    {
        Row[] rows = Rows(120);
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options with { BatchSize = 1000 }).Fit(data);
        float[] scores = [.. model.Transform(data).GetColumn<float>("Score")];
        float[] turned = [.. model.Transform(Ml.Data.LoadFromEnumerable(rows.Reverse())).GetColumn<float>("Score")];
        Assert.All(scores.Zip(turned.Reverse()), p => Assert.Equal(p.First, p.Second, 1e-3f));
        using PredictionEngine<Row, Scored> engine = Ml.Model.CreatePredictionEngine<Row, Scored>(model);
        Assert.All(rows.Zip(scores), p => Assert.Equal(p.Second, engine.Predict(p.First).Score, 1e-3f));
        Assert.Contains(rows, r => r.Steps.Length == 0);
        using NeuralNetworkTransformer streamed = Ml.Regression.NeuralNetwork(Options with { BatchSize = 1000, MemoryBudget = 0 }).Fit(data);
        Assert.All(scores.Zip(streamed.Transform(data).GetColumn<float>("Score")), p => Assert.Equal(p.First, p.Second, 2e-2f));
    }

    [Fact]
    public void What_comes_late_and_early_in_a_sequence_is_learned()
    {
        IDataView train = Ml.Data.LoadFromEnumerable(Rows(800)), test = Ml.Data.LoadFromEnumerable(Rows(200, seed: 4));
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options with { Epochs = 80, HiddenUnits = [16], Optimizer = new Adam { LearningRate = 0.01 } }).Fit(train);
        Assert.InRange(Ml.Regression.Evaluate(model.Transform(test), "End").RSquared, 0.95, 1);
        using NeuralNetworkTransformer less = Ml.Regression.NeuralNetwork(Options with
        {
            FeatureColumns = ["Start"],
            ColumnOptions = new Dictionary<string, ColumnOptions>(),
            Epochs = 40,
        }).Fit(train);
        Assert.InRange(Ml.Regression.Evaluate(less.Transform(test), "End").RSquared, -0.2, 0.5);
    }

    /// <summary>ML.NET's own transformer takes vectors of known length only; the file gives the batched one back.</summary>
    [Fact]
    public void A_saved_network_comes_back_with_batches()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Rows(60));
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options).Fit(data);
        string file = Path.GetTempFileName();
        try
        {
            Ml.Model.Save(model, data.Schema, file);
            ITransformer loaded = Ml.LoadBatched(file, out _);
            Assert.All(model.Transform(data).GetColumn<float>("Score").Zip(loaded.Transform(data).GetColumn<float>("Score")), p => Assert.Equal(p.First, p.Second, 1e-4f));
            (loaded as IDisposable)?.Dispose();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_number_that_is_not_finite_is_named_by_row_and_column()
    {
        Row[] rows = Rows(30);
        rows[12].Steps = [1, float.NaN];
        foreach (MissingFeatures missing in Enum.GetValues<MissingFeatures>())
        {
            string message = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(Options with { MissingFeatures = missing }).Fit(Ml.Data.LoadFromEnumerable(rows))).Message;
            Assert.Contains("row 12 of \"Steps\", found NaN", message, StringComparison.Ordinal);
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static (double Mean, double Deviation) Moments(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return (mean, Math.Sqrt(all.Average(v => (v - mean) * (v - mean))));
    }

    private static Row[] Rows(int count, int seed = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            float start = (float)random.NextDouble();
            float[] steps = [.. Enumerable.Range(0, random.Next(7)).Select(_ => (float)((4 * random.NextDouble()) - 1))];
            int[] moves = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(5))];
            return new Row { Start = start, Steps = steps, Moves = moves, End = start + steps.Sum() + moves[^1] };
        })];
    }

    private sealed class Row
    {
        public float Start { get; set; }

        public float[] Steps { get; set; } = [];

        public int[] Moves { get; set; } = [];

        public float End { get; set; }

        public float Weight { get; set; } = 1;
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }
}
