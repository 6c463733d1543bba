using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.MLNetIntegration.Tests.Training;

public sealed class LabelTests : IDisposable
{
    private MLContext Ml { get; } = new(seed: 1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.tsv");

    private static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["Pair"],
        LabelColumn = "Kind",
        HiddenUnits = [16],
        Optimizer = new Adam { LearningRate = 0.01 },
        Epochs = 30,
        Seed = 3,
    };

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_label_never_seen_in_training_is_a_missing_key_that_Evaluate_takes_as_for_stock_models()
    {
        (ITransformer keys, IDataView train, TrainingData.Row[] strange) = Data();
        IDataView test = keys.Transform(Ml.Data.LoadFromEnumerable(strange)), known = keys.Transform(Ml.Data.LoadFromEnumerable(strange.Where(r => r.Name != "elsewhere").ToArray()));
        using NeuralNetworkTransformer network = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(train);
        ITransformer stock = Ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
            new SdcaMaximumEntropyMulticlassTrainer.Options { LabelColumnName = "Kind", FeatureColumnName = "Pair", NumberOfThreads = 1, MaximumNumberOfIterations = 5 }).Fit(train);
        foreach (ITransformer model in (ITransformer[])[network, stock])
        {
            MulticlassClassificationMetrics all = Ml.MulticlassClassification.Evaluate(model.Transform(test), "Kind"), rest = Ml.MulticlassClassification.Evaluate(model.Transform(known), "Kind");
            Assert.Equal(rest.MicroAccuracy, all.MicroAccuracy, 1e-9);
            Assert.Equal(rest.ConfusionMatrix.Counts, all.ConfusionMatrix.Counts);
        }

        Assert.Equal(strange.Length, network.Transform(test).GetColumn<uint>("PredictedLabel").Count(k => k is >= 1 and <= 3));
    }

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(0L)]
    public void A_label_never_seen_in_training_is_an_error_among_validation_and_training_rows(long budget)
    {
        (ITransformer keys, IDataView train, TrainingData.Row[] strange) = Data();
        IDataView other = keys.Transform(Ml.Data.LoadFromEnumerable(strange));
        NeuralNetworkOptions options = Options with { MemoryBudget = budget, Epochs = 1 };
        foreach (TrainingException error in (TrainingException[])[
            Assert.Throws<TrainingException>(() => Ml.MulticlassClassification.NeuralNetwork(options with { Validation = other }).Fit(train)),
            Assert.Throws<TrainingException>(() => Ml.MulticlassClassification.NeuralNetwork(options).Fit(other))])
        {
            Assert.Contains("label in row 3 of \"Kind\", found a missing key", error.Message, StringComparison.Ordinal);
            Assert.Contains("never seen in training", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_label_above_the_number_of_keys_is_an_error()
    {
        NeuralNetworkOptions options = Options with { FeatureColumns = ["Number"], LabelColumn = "Key", Epochs = 1, ValidationFraction = 0 };
        using NeuralNetworkTransformer model = Ml.MulticlassClassification.NeuralNetwork(options).Fit(new RawKeys(3, (1, 1), (2, 2), (3, 3)));
        TrainingException error = Assert.Throws<TrainingException>(() => Ml.MulticlassClassification.NeuralNetwork(options).Fit(new RawKeys(3, (1, 1), (3, 2), (4, 3))));
        Assert.Contains("label in row 2 of \"Key\", found a missing key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_rows_with_keys_or_columns_of_their_own_are_refused()
    {
        (_, IDataView train, TrainingData.Row[] strange) = Data();
        NeuralNetworkOptions options = Options with { Epochs = 1 };
        IDataView four = TrainingData.Keyed(Ml, strange);
        IDataView renamed = TrainingData.Keyed(Ml, strange.Where(r => r.Name != "elsewhere").Select(r => new TrainingData.Row { Name = $"{r.Name}most", Pair = r.Pair, Both = r.Both }));
        Refused(four, "Key<UInt32, 0-2> with the classes left, middle, right", "found Key<UInt32, 0-3> with the classes elsewhere, left, middle, right");
        Refused(renamed, "with the classes left, middle, right as in the training rows", "found Key<UInt32, 0-2> with the classes leftmost, middlemost, rightmost");
        Refused(Ml.Transforms.DropColumns("Pair").Fit(train).Transform(train), "column \"Pair\" in the validation rows");

        void Refused(IDataView validation, params string[] words)
        {
            TrainingException error = Assert.Throws<TrainingException>(() => Ml.MulticlassClassification.NeuralNetwork(options with { Validation = validation }).Fit(train));
            Assert.All(words, w => Assert.Contains(w, error.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Keys_of_every_underlying_type_are_learned()
    {
        // A text counts from 0, a key from 1; the last row has none.
        TrainingData.Row[] rows = TrainingData.Rows();
        int[] kinds = [.. rows.Select(r => Array.IndexOf(TrainingData.Kinds, r.Name))];
        string[] lines = [.. rows.Zip(kinds).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.First.Pair[0]:R}\t{r.First.Pair[1]:R}\t{r.Second}")), "0\t0\t3"];
        File.WriteAllLines(file, lines[..^1]);
        IDataView data = Load();
        float[][]? first = null;
        foreach (string label in (string[])["Byte", "Short", "Int", "Long"])
        {
            using NeuralNetworkTransformer model = Ml.MulticlassClassification.NeuralNetwork(Options with { LabelColumn = label }).Fit(data);
            IDataView scored = model.Transform(data);
            uint[] predicted = [.. scored.GetColumn<uint>("PredictedLabel")];
            Assert.True(predicted.Zip(kinds).Count(p => p.First == p.Second + 1) > 0.9 * kinds.Length);
            float[][] scores = [.. scored.GetColumn<float[]>("Score")];
            first ??= scores;
            Assert.Equal(first, scores);
            Assert.True(Ml.MulticlassClassification.Evaluate(scored, label).MicroAccuracy > 0.9);
        }

        File.WriteAllLines(file, lines);
        TrainingException missing = Assert.Throws<TrainingException>(() => Ml.MulticlassClassification.NeuralNetwork(Options with { LabelColumn = "Byte" }).Fit(Load()));
        Assert.Contains($"row {kinds.Length} of \"Byte\"", missing.Message, StringComparison.Ordinal);
    }

    private IDataView Load() => Ml.Data.LoadFromTextFile(
        file,
        [
            new TextLoader.Column("Pair", DataKind.Single, 0, 1), Key("Byte", DataKind.Byte), Key("Short", DataKind.UInt16), Key("Int", DataKind.UInt32),
            Key("Long", DataKind.UInt64),
        ]);

    private static TextLoader.Column Key(string name, DataKind kind) => new(name, kind, [new TextLoader.Range(2)], new KeyCount(3));

    /// <summary>Keys of three names, training rows of these, and rows of which every eighth, beginning with the fourth, has a name that no key stands for.</summary>
    private (ITransformer Keys, IDataView Train, TrainingData.Row[] Strange) Data()
    {
        IDataView rows = Ml.Data.LoadFromEnumerable(TrainingData.Rows());
        Microsoft.ML.Transforms.ValueToKeyMappingTransformer keys = Ml.Transforms.Conversion.MapValueToKey(
            "Kind", "Name", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows);
        TrainingData.Row[] strange = TrainingData.Rows(80, seed: 9);
        for (int i = 3; i < strange.Length; i += 8)
        {
            strange[i].Name = "elsewhere";
        }

        return (keys, keys.Transform(rows), strange);
    }
}
