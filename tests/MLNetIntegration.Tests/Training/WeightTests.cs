using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Example = Toolkit.Modeling.Data.Example;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>A weight w is w copies of a row, for every trainer; the size of features and labels does not matter.</summary>
public sealed class WeightTests
{
    private static readonly NeuralNetworkOptions Options = new()
    {
        FeatureColumns = ["Pair"],
        HiddenUnits = [6],
        Dropout = 0,
        Epochs = 30,
        BatchSize = 1000,
        ValidationFraction = 0,
        Seed = 3,
        Optimizer = new Momentum { LearningRate = 0.05 },
    };

    public static TheoryData<string, bool> Trainers => new MatrixTheoryData<string, bool>(["classes", "yes or no", "number", "distribution", "network"], [false, true]);

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Training_with_whole_weights_is_training_on_copies(string task, bool streamed)
    {
        var ml = new MLContext(seed: 1);
        TrainingData.Row[] rows = TrainingData.Rows(40);
        for (int i = 0; i < rows.Length; i++)
            rows[i].Weight = i % 4;
        // What weighs nothing may be anything.
        rows[4].Pair = [3e38f, -3e38f];
        rows[8].Target = rows[8].Noisy = 3e38f;
        TrainingData.Row[] copies = [.. rows.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight))];
        long budget = streamed ? 0 : 1L << 30;
        (float[] found, double loss) = Train(TrainingData.Keyed(ml, rows), "Weight");
        (float[] expected, double other) = Train(TrainingData.Keyed(ml, copies), null);
        Assert.Equal(other, loss, 1e-3 * Math.Max(1, Math.Abs(other)));
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < found.Length; i++)
            Assert.Equal(expected[i], found[i], 2e-3f);

        (float[] Parameters, double Loss) Train(IDataView data, string? weight)
        {
            NeuralNetworkOptions options = Options with { ExampleWeightColumn = weight, MemoryBudget = budget };
            NeuralNetworkEstimator trainer = task switch
            {
                "classes" => ml.MulticlassClassification.NeuralNetwork(options with { LabelColumn = "Kind" }),
                "yes or no" => ml.BinaryClassification.NeuralNetwork(options with { LabelColumn = "IsRight" }),
                "number" => ml.Regression.NeuralNetwork(options with { LabelColumn = "Target" }),
                "distribution" => ml.Regression.HeteroscedasticNeuralNetwork(options with { LabelColumn = "Noisy" }),
                _ => ml.TrainNetwork(
                    input => new NetworkPlan { Model = new Dense(input.Features, 1, input.Random), Loss = new Huber(0.5) },
                    new NetworkOptions
                    {
                        FeatureColumns = ["Pair"],
                        LabelColumn = "X",
                        ExampleWeightColumn = weight,
                        MemoryBudget = budget,
                        Epochs = 30,
                        BatchSize = 1000,
                        ValidationFraction = 0,
                        Seed = 3,
                        Optimizer = options.Optimizer,
                    }),
            };
            using NeuralNetworkTransformer model = trainer.Fit(data);
            return ([.. model.Network.Parameters.SelectMany(p => p.Value.ToArray<float>())], model.History.Epochs[^1].Loss);
        }
    }

    [Fact]
    public void Rows_that_are_kept_without_zeros_keep_their_weights()
    {
        var layout = DataLayout.Labels([3], 2).WithWeights();
        Example[] examples = [.. Enumerable.Range(0, 5).Select(i => new Example(new[] { 0f, i, 0f }, i % 2) { Weight = i / 2f })];
        SparseRows rows = SparseRows.Read(layout, examples, 5, 1L << 20)!;
        foreach (Batch batch in rows.Part([4, 2, 3]).Batches(new BatchOptions { Size = 2, ShuffleSeed = 1 }))
        {
            for (int i = 0; i < batch.Count; i++)
                Assert.Equal(batch.Features[(3 * i) + 1] / 2, batch.Weights![i]);
        }
    }

    /// <summary>In memory, without zeros and streamed: each row is on one side, with its weight, and each pass over the training rows has another order.</summary>
    [Theory]
    [InlineData(1L << 30)]
    [InlineData(60_000L)]
    [InlineData(0L)]
    public void Rows_to_learn_from_and_to_validate_on_keep_their_weights(long budget)
    {
        var ml = new MLContext(seed: 1);
        WideRow[] rows = [.. Enumerable.Range(0, 100).Select(i => new WideRow { Wide = [.. Enumerable.Range(0, 200).Select(k => k == i ? i + 1f : 0f)], Weight = (i + 1) / 2f })];
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        NeuralNetworkOptions options = Options with { FeatureColumns = ["Wide"], LabelColumn = "Target", ExampleWeightColumn = "Weight", MemoryBudget = budget, ValidationFraction = 0.3 };
        var columns = new TrainingColumns(ml, data, options, new LearnedTask(new RegressionHead(options), options.LabelColumn, "", 1));
        (IDataSource train, IDataSource? held) = new RowSource(columns, options, TrainingStatistics.Of(columns, data), [], LabelScale.None).Open(data, 1);
        int[] learned = Read(train, 0), validated = Read(held!, 0);
        Assert.Equal(budget == 60_000L, train is SparseRows);
        Assert.Equal(Enumerable.Range(1, 100), learned.Concat(validated).Order());
        Assert.InRange(validated.Length, 20, 40);
        int[] again = Read(train, 1);
        Assert.Equal(learned.Order(), again.Order());
        Assert.NotEqual(learned, again);

        static int[] Read(IDataSource source, int epoch)
        {
            var numbers = new List<int>();
            foreach (Batch batch in source.Batches(new BatchOptions { Size = 7, ShuffleSeed = 1 }, epoch))
            {
                for (int i = 0; i < batch.Count; i++)
                {
                    numbers.Add((int)batch.Features.Span<float>().Slice(200 * i, 200).ToArray().Max());
                    Assert.Equal(numbers[^1] / 2f, batch.Weights![i]);
                }
            }

            return [.. numbers];
        }
    }

    /// <summary>Balanced weights of n rows in k classes are n / (k · rows of the class), whose mean is 1: the classes count alike, and all together like the rows.</summary>
    [Theory]
    [InlineData(0L)]
    [InlineData(1L << 30)]
    public void Balanced_weights_have_the_mean_1(long budget)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = TrainingData.Keyed(ml, Enumerable.Range(0, 18).Select(i => new TrainingData.Row
        {
            Name = TrainingData.Kinds[i < 12 ? 0 : i < 16 ? 1 : 2],
            Pair = [i, -i],
            Both = [0, 0],
            Weight = 1,
        }));
        NeuralNetworkOptions options = Options with { LabelColumn = "Kind", BalanceClasses = true, MemoryBudget = budget };
        var columns = new TrainingColumns(ml, data, options, new LearnedTask(new MulticlassHead(options), options.LabelColumn, "", 1));
        (IDataSource train, _) = new RowSource(columns, options, TrainingStatistics.Of(columns, data), [], LabelScale.None).Open(data, 1);
        var found = new List<float>();
        foreach (Batch batch in train.Batches(new BatchOptions { Size = 5 }))
        {
            found.AddRange(batch.Weights!.ToArray<float>());
        }

        Assert.Equal(Enumerable.Range(0, 18).Select(i => i < 12 ? 0.5f : i < 16 ? 1.5f : 3f), found);
        Assert.Equal(1, found.Average(), 1e-6f);
    }

    /// <summary>Three classes of 12, 4 and 2 rows count the same: as copies that make their weights equal.</summary>
    [Fact]
    public void Balanced_classes_and_weights_of_rows_multiply()
    {
        var ml = new MLContext(seed: 1);
        TrainingData.Row[] rows = [.. Enumerable.Range(0, 18).Select(i => new TrainingData.Row
        {
            Name = TrainingData.Kinds[i < 12 ? 0 : i < 16 ? 1 : 2], Pair = [i % 5, i % 3], Both = [0, 0], Weight = i % 2 == 0 ? 2 : 1,
        })];
        // The weights of the classes are 18, 6 and 3: as many copies again make each 18.
        TrainingData.Row[] copies = [.. rows.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight * (row.Name == "left" ? 1 : row.Name == "middle" ? 3 : 6)))];
        NeuralNetworkOptions options = Options with { LabelColumn = "Kind", Standardize = false };
        using NeuralNetworkTransformer balanced = ml.MulticlassClassification.NeuralNetwork(
            options with { BalanceClasses = true, ExampleWeightColumn = "Weight" }).Fit(TrainingData.Keyed(ml, rows));
        using NeuralNetworkTransformer expected = ml.MulticlassClassification.NeuralNetwork(options).Fit(TrainingData.Keyed(ml, copies));
        foreach ((Parameter a, Parameter b) in expected.Network.Parameters.Zip(balanced.Network.Parameters))
        {
            for (int i = 0; i < a.Value.Count; i++)
                Assert.Equal(a.Value[i], b.Value[i], 1e-3);
        }
    }

    /// <summary>Features and labels in other units give the same fit, down to the least numbers of single precision and up to the greatest.</summary>
    [Theory]
    [InlineData(1e-16, 1e-16)]
    [InlineData(1e-38, 1)]
    [InlineData(1e35, 1)]
    [InlineData(1, 1e-30)]
    [InlineData(1, 1e30)]
    public void The_units_of_features_and_labels_do_not_matter(double features, double label)
    {
        var ml = new MLContext(seed: 1);
        double plain = Fit(1, 1), found = Fit(features, label);
        Assert.InRange(plain, 0.5, 1.0);
        Assert.Equal(plain, found, 0.02);

        double Fit(double x, double y)
        {
            TrainingData.Row[] rows = TrainingData.Rows(200);
            double[] targets = [.. rows.Select(row => (row.X * row.X) + row.X)];
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i].Pair = [(float)(x * rows[i].X), (float)(x * 0.01 * rows[i].Y)];
                rows[i].Target = (float)(y * targets[i]);
            }

            IDataView data = ml.Data.LoadFromEnumerable(rows);
            using NeuralNetworkTransformer model = ml.Regression.NeuralNetwork(
                Options with { LabelColumn = "Target", HiddenUnits = [16], Epochs = 60, BatchSize = 20, Optimizer = new Adam { LearningRate = 0.01 } }).Fit(data);
            float[] scores = [.. model.Transform(data).GetColumn<float>("Score")];
            double mean = targets.Average();
            return 1 - (targets.Select((t, i) => ((scores[i] / y) - t) * ((scores[i] / y) - t)).Sum() / targets.Sum(t => (t - mean) * (t - mean)));
        }
    }

    /// <summary>The case of the issue: five outliers of weight 0 among rows on a line.</summary>
    [Fact]
    public void Outliers_of_weight_0_leave_the_fit_alone()
    {
        var ml = new MLContext(seed: 1);
        TrainingData.Row[] rows = TrainingData.Rows(120);
        for (int i = 0; i < rows.Length; i++)
        {
            bool outlier = i % 24 == 5;
            (rows[i].Weight, rows[i].Target) = outlier ? (0, 1e9f) : (1, rows[i].X);
            rows[i].Pair = outlier ? [1e9f, -1e9f] : rows[i].Pair;
        }

        NeuralNetworkOptions options = Options with
        {
            LabelColumn = "Target",
            ExampleWeightColumn = "Weight",
            Epochs = 200,
            BatchSize = 32,
            ValidationFraction = 0.1,
            Patience = 50,
            Optimizer = new Adam { LearningRate = 0.01 },
        };
        using NeuralNetworkTransformer model = ml.Regression.NeuralNetwork(options).Fit(ml.Data.LoadFromEnumerable(rows));
        float[] scores = [.. model.Transform(ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        int[] own = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].Weight > 0)];
        Assert.InRange(own.Average(i => (scores[i] - rows[i].X) * (scores[i] - rows[i].X)), 0, 0.02);
    }

    private sealed class WideRow
    {
        [VectorType(200)]
        public float[] Wide { get; set; } = [];

        public float Target { get; set; }

        public float Weight { get; set; }
    }
}
