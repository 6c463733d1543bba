using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.MLNetIntegration.Tests.Training;

public sealed class TrainingErrorTests
{
    private MLContext Ml { get; } = new(seed: 1);

    private static NeuralNetworkOptions Options => new() { FeatureColumns = ["X", "Y"], LabelColumn = "Kind", HiddenUnits = [8], Epochs = 3, Seed = 3 };

    [Theory]
    [InlineData("Nothing", "X", "column \"Nothing\", found")]
    [InlineData("Name", "X", "to be a key; make one with Transforms.Conversion.MapValueToKey, found String")]
    [InlineData("Kind", "Nowhere", "column \"Nowhere\", found")]
    public void A_column_that_does_not_fit_is_named(string label, string feature, string expected)
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows(20));
        TrainingException error = Assert.Throws<TrainingException>(() =>
            Ml.MulticlassClassification.NeuralNetwork(Options with { LabelColumn = label, FeatureColumns = [feature] }).Fit(data));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_features_are_an_error_or_imputed_when_training_and_when_scoring()
    {
        TrainingData.Row[] rows = TrainingData.Rows(60);
        rows[17].Y = float.NaN;
        IDataView data = TrainingData.Keyed(Ml, rows);
        TrainingException error = Assert.Throws<TrainingException>(() => Ml.MulticlassClassification.NeuralNetwork(Options).Fit(data));
        Assert.Contains("row 17 of \"Y\", found NaN", error.Message, StringComparison.Ordinal);

        using NeuralNetworkTransformer model = Ml.MulticlassClassification.NeuralNetwork(Options with { MissingFeatures = MissingFeatures.Impute }).Fit(data);
        float[] whole = rows.Where((_, i) => i != 17).Select(r => r.Y).ToArray();
        TrainingData.Row[] mended = TrainingData.Rows(60);
        mended[17].Y = whole.Average();
        float[] imputed = model.Transform(data).GetColumn<float[]>("Score").ElementAt(17);
        float[] filled = model.Transform(TrainingData.Keyed(Ml, mended)).GetColumn<float[]>("Score").ElementAt(17);
        Assert.All(imputed.Zip(filled), p => Assert.Equal(p.Second, p.First, 1e-4f));

        using NeuralNetworkTransformer strict = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(TrainingData.Keyed(Ml, mended));
        Exception scoring = Assert.ThrowsAny<Exception>(() => strict.Transform(data).GetColumn<float[]>("Score").Count());
        Assert.Contains("NaN", (scoring.InnerException ?? scoring).ToString(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Without standardization the mean is all that a missing number stands for: the network is the one that is trained on means in the places of the missing.</summary>
    [Fact]
    public void Missing_features_are_learned_from_as_their_means()
    {
        TrainingData.Row[] rows = TrainingData.Rows(60), mended = TrainingData.Rows(60);
        foreach (int i in new[] { 3, 17, 40 })
            rows[i].Y = float.NaN;
        foreach (int i in new[] { 3, 17, 40 })
            mended[i].Y = rows.Where(row => !float.IsNaN(row.Y)).Average(row => row.Y);
        NeuralNetworkOptions options = Options with { LabelColumn = "Noisy", MissingFeatures = MissingFeatures.Impute, Standardize = false, ValidationFraction = 0 };
        IDataView missing = TrainingData.Keyed(Ml, rows), whole = TrainingData.Keyed(Ml, mended);
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(options).Fit(missing), expected = Ml.Regression.NeuralNetwork(options).Fit(whole);
        Assert.All(model.History.Epochs.Zip(expected.History.Epochs), epoch => Assert.Equal(1, epoch.First.Loss / epoch.Second.Loss, 1e-4));
        Assert.All(model.Transform(missing).GetColumn<float>("Score").Zip(expected.Transform(whole).GetColumn<float>("Score")), pair => Assert.Equal(pair.Second, pair.First, 1e-2f));
    }

    [Fact]
    public void Infinity_is_never_imputed()
    {
        TrainingData.Row[] rows = TrainingData.Rows(20);
        rows[3].X = float.PositiveInfinity;
        TrainingException error = Assert.Throws<TrainingException>(() => Ml.MulticlassClassification.NeuralNetwork(
            Options with { MissingFeatures = MissingFeatures.Impute }).Fit(TrainingData.Keyed(Ml, rows)));
        Assert.Contains("row 3 of \"X\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e300, MissingFeatures.Error)]
    [InlineData(-1e39, MissingFeatures.Impute)]
    [InlineData(double.NegativeInfinity, MissingFeatures.Error)]
    [InlineData(double.PositiveInfinity, MissingFeatures.Impute)]
    public void What_single_precision_holds_as_infinite_is_refused_when_training_and_when_scoring(double number, MissingFeatures missing)
    {
        IDataView good = Wide(0.5), bad = Wide(number);
        var options = new NeuralNetworkOptions { LabelColumn = "Target", FeatureColumns = ["One", "Two", "Single"], Epochs = 1, HiddenUnits = [2], MissingFeatures = missing, Seed = 1 };
        NeuralNetworkEstimator estimator = Ml.Regression.NeuralNetwork(options);
        Assert.Contains("row 2 of \"One\"", Assert.Throws<TrainingException>(() => estimator.Fit(bad)).Message, StringComparison.Ordinal);
        using NeuralNetworkTransformer model = estimator.Fit(good);
        Assert.All(model.Transform(good).GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");
        Ml.Model.Save(model, good.Schema, file);
        ITransformer loaded = Ml.LoadBatched(file, out _);
        File.Delete(file);
        foreach (ITransformer scoring in new[] { model, loaded })
        {
            foreach ((IDataView data, string column) in new[] { (bad, "One"), (Wide(0.5, number), "Two"), (Wide(0.5, 0.5, (float)number), "Single") })
            {
                ScoringException error = Assert.Throws<ScoringException>(() => scoring.Transform(data).GetColumn<float>("Score").Count());
                Assert.Contains($"finite in single precision in the column \"{column}\"", error.Message, StringComparison.Ordinal);
                Assert.Contains("in row 2", error.Message, StringComparison.Ordinal);
            }
        }

        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void Missing_labels_negative_weights_and_no_rows_are_refused()
    {
        TrainingData.Row[] rows = TrainingData.Rows(20);
        rows[4].Target = float.NaN;
        IDataView data = TrainingData.Keyed(Ml, rows);
        Assert.Contains("label in row 4 of \"Target\"", Assert.Throws<TrainingException>(() =>
            Ml.Regression.NeuralNetwork(Options with { LabelColumn = "Target" }).Fit(data)).Message, StringComparison.Ordinal);
        foreach (float weight in new[] { -1, float.NaN, float.PositiveInfinity })
        {
            rows[5].Weight = weight;
            Assert.Contains("at least 0 in row 5 of \"Weight\", found " + weight, Assert.Throws<TrainingException>(() =>
                Ml.MulticlassClassification.NeuralNetwork(Options with { ExampleWeightColumn = "Weight" }).Fit(TrainingData.Keyed(Ml, rows))).Message, StringComparison.Ordinal);
        }

        Assert.Contains("Expected rows to learn from, found none", Assert.Throws<TrainingException>(() =>
            Ml.Regression.NeuralNetwork(Options with { LabelColumn = "Noisy" }).Fit(Ml.Data.LoadFromEnumerable(Array.Empty<TrainingData.Row>()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Dropout", () => Options with { Dropout = 1 });
        Assert.Throws<ArgumentOutOfRangeException>("HiddenUnits", () => Options with { HiddenUnits = [8, 0] });
        Assert.Throws<ArgumentOutOfRangeException>("WeightDecay", () => Options with { WeightDecay = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("Epochs", () => Options with { Epochs = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("ValidationFraction", () => Options with { ValidationFraction = double.NaN });
        Assert.Throws<ArgumentException>(() => Ml.Regression.NeuralNetwork(Options with { LabelSmoothing = 0.1 }));
        Assert.Throws<ArgumentException>(() => Ml.Regression.HeteroscedasticNeuralNetwork(Options with { Quantiles = [0.5, 1] }));
        TrainingException balance = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(
            Options with { LabelColumn = "Target", BalanceClasses = true }).Fit(Ml.Data.LoadFromEnumerable(TrainingData.Rows(20))));
        Assert.Contains("Expected classes to balance", balance.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_diverges_or_is_cancelled_gives_no_model()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows(60));
        TrainingException diverged = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(
            Options with { LabelColumn = "Target", Optimizer = new Sgd { LearningRate = 1e30 } }).Fit(data));
        Assert.Contains("diverged", diverged.Message, StringComparison.Ordinal);
        using var cancel = new CancellationTokenSource();
        var progress = new Cancelling(cancel);
        Assert.Throws<OperationCanceledException>(() => Ml.MulticlassClassification.NeuralNetwork(
            Options with { Progress = progress, CancellationToken = cancel.Token }).Fit(data));
        Assert.Equal(1, progress.Reports);
    }

    [Fact]
    public void A_score_that_is_not_what_the_label_asks_for_is_refused()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows(20));
        TrainingException error = Assert.Throws<TrainingException>(() => Ml.TrainNetwork(
            input => new NetworkPlan { Model = new Dense(input.Features, 2, input.Random), Loss = new HeteroscedasticGaussian() },
            new NetworkOptions { FeatureColumns = ["Pair"], LabelColumn = "Target", Epochs = 1 }).Fit(data));
        Assert.Contains("Expected a score of one number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_penalty_on_class_probabilities_goes_with_weighted_rows()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows(200));
        double weak = Certainty(0), strong = Certainty(5);
        Assert.True(strong < weak - 0.1, $"{strong} against {weak}");

        double Certainty(double strength)
        {
            using NeuralNetworkTransformer model = Ml.TrainNetwork(
                input => new NetworkPlan
                {
                    Model = new Dense(input.Features, input.Outputs, input.Random),
                    Loss = new SoftmaxCrossEntropy(),
                    Regularizers = [new ConfidencePenalty(strength)],
                    Score = x => x.Softmax(),
                },
                new NetworkOptions
                {
                    FeatureColumns = ["X"],
                    LabelColumn = "Kind",
                    ExampleWeightColumn = "Weight",
                    Optimizer = new Adam { LearningRate = 0.02 },
                    Epochs = 60,
                    Seed = 3,
                }).Fit(data);
            return model.Transform(data).GetColumn<float[]>("Score").Average(p => p.Max());
        }
    }

    [Fact]
    public void Weights_and_balance_change_what_is_learned_as_if_rows_were_repeated()
    {
        // Ten rows say 0 and thirty say 1 at the same place: the bias alone can tell, and learns the weighted share.
        TrainingData.Row[] rows = [.. Enumerable.Range(0, 40).Select(i => new TrainingData.Row { X = i % 2, Y = 0, IsRight = i >= 10, Weight = i < 10 ? 6 : 1, Pair = [0, 0], Both = [0, 0] })];
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        NeuralNetworkOptions linear = Options with
        {
            LabelColumn = "IsRight",
            FeatureColumns = ["Y"],
            HiddenUnits = [],
            WeightDecay = 0,
            ValidationFraction = 0,
            Epochs = 400,
            BatchSize = 40,
            Optimizer = new Adam { LearningRate = 0.02 },
        };
        Assert.Equal(0.75, Probability(linear), 0.01);
        Assert.Equal(30 / 90.0, Probability(linear with { ExampleWeightColumn = "Weight" }), 0.01);
        Assert.Equal(0.5, Probability(linear with { BalanceClasses = true }), 0.01);

        double Probability(NeuralNetworkOptions options)
        {
            using NeuralNetworkTransformer model = Ml.BinaryClassification.NeuralNetwork(options).Fit(data);
            return model.Transform(data).GetColumn<float>("Probability").First();
        }
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public int Reports { get; private set; }

        public void Report(TrainingProgress value)
        {
            Reports++;
            source.Cancel();
        }
    }

    /// <summary>Four rows, the numbers in the third.</summary>
    private IDataView Wide(double one, double two = 0.5, float single = 0.5f) => Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new WideRow
    {
        One = i == 2 ? one : i,
        Two = [i, i == 2 ? two : -i],
        Single = i == 2 ? single : i * i,
        Target = i,
    }));

    private sealed class WideRow
    {
        public double One { get; set; }

        [VectorType(2)]
        public double[] Two { get; set; } = [];

        public float Single { get; set; }

        public float Target { get; set; }
    }
}
