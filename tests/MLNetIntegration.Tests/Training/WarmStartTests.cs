using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.OnnxExport.Export;
using Microsoft.ML.Transforms;
using Toolkit.Modeling;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>A warm start keeps what gives the parameters their meaning: copied, not measured anew. A training that hardly moves shows it: the scores stay.</summary>
public sealed class WarmStartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("toolkit-tests-").FullName;

    private MLContext Ml { get; } = new(seed: 1);

    private static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["Pair"],
        LabelColumn = "Kind",
        HiddenUnits = [16],
        Optimizer = new Adam { LearningRate = 0.02 },
        Epochs = 25,
        Seed = 3,
        ValidationFraction = 0,
    };

    /// <summary>Options under which a network stays what it begins as.</summary>
    private static NeuralNetworkOptions Still => Options with { Epochs = 1, Optimizer = new Sgd { LearningRate = 1e-12 }, Seed = 9 };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Later_changes_of_the_network_are_not_seen()
    {
        IDataView data = Keyed(TrainingData.Rows(), TrainingData.Kinds);
        using NeuralNetworkTransformer first = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(data);
        WarmStart start = WarmStart.Of(first.Network);
        foreach (Parameter parameter in first.Network.Parameters)
        {
            parameter.Value.Span<float>().Clear();
        }

        using NeuralNetworkTransformer second = Ml.MulticlassClassification.NeuralNetwork(Still with { WarmStart = start }).Fit(data);
        Close(Scores(first, data), Scores(second, data));
    }

    /// <summary>A network that was trained can be exported by itself, as it knows the shape of its features.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_trained_network_knows_its_features(bool standardize)
    {
        IDataView data = Keyed(TrainingData.Rows(), TrainingData.Kinds);
        using NeuralNetworkTransformer trained = Ml.MulticlassClassification.NeuralNetwork(Still with { Standardize = standardize }).Fit(data);
        Assert.Equal(Toolkit.Autograd.Tensors.Shape.Of(2), Assert.IsType<Module>(trained.Network, exactMatch: false).InputShape);
        Assert.Equal(standardize ? 2 : 1, trained.Network.Children.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Features_stay_standardized_as_they_were(bool file)
    {
        IDataView data = Keyed(TrainingData.Rows(), TrainingData.Kinds);
        using NeuralNetworkTransformer first = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(data);
        IDataView others = Keyed(Shifted(), TrainingData.Kinds);
        using NeuralNetworkTransformer second = Ml.MulticlassClassification.NeuralNetwork(Still with { WarmStart = Start(first, file) }).Fit(others);
        Close(Scores(first, data), Scores(second, data));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_stay_scaled_as_they_were(bool file)
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows()), others = Ml.Data.LoadFromEnumerable(Shifted());
        NeuralNetworkOptions options = Options with { LabelColumn = "Target" }, still = Still with { LabelColumn = "Target" };
        using NeuralNetworkTransformer first = Ml.Regression.NeuralNetwork(options).Fit(data);
        using NeuralNetworkTransformer second = Ml.Regression.NeuralNetwork(still with { WarmStart = Start(first, file) }).Fit(others);
        Close([.. first.Transform(data).GetColumn<float>("Score")], [.. second.Transform(data).GetColumn<float>("Score")], 1e-2);
        using NeuralNetworkTransformer wide = Ml.Regression.HeteroscedasticNeuralNetwork(options).Fit(data);
        using NeuralNetworkTransformer again = Ml.Regression.HeteroscedasticNeuralNetwork(still with { WarmStart = Start(wide, file) }).Fit(others);
        Close([.. wide.Transform(data).GetColumn<float>("Variance")], [.. again.Transform(data).GetColumn<float>("Variance")], 1e-2);

        // The loss is measured on the scale of the first labels: the others are far from them.
        float[] labels = [.. data.GetColumn<float>("Target")], far = [.. others.GetColumn<float>("Target")], scores = [.. first.Transform(others).GetColumn<float>("Score")];
        double mean = labels.Average(l => (double)l), variance = labels.Average(l => (l - mean) * (l - mean));
        Assert.Equal(far.Zip(scores).Average(p => (p.First - p.Second) * (double)(p.First - p.Second)) / variance, second.History.Epochs[0].Loss, 1e-3);
    }

    /// <summary>The keys come in another order: so do the scores, and each class keeps what was learned of it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Classes_keep_their_outputs_whatever_the_order_of_the_keys(bool file)
    {
        TrainingData.Row[] rows = TrainingData.Rows();
        IDataView data = Keyed(rows, TrainingData.Kinds), turned = Keyed(rows, ["right", "left", "middle"]);
        using NeuralNetworkTransformer first = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(data);
        using NeuralNetworkTransformer second = Ml.MulticlassClassification.NeuralNetwork(Still with { WarmStart = Start(first, file) }).Fit(turned);
        float[][] before = Scores(first, data), after = Scores(second, turned);
        Close([.. before.Select(s => (float[])[s[2], s[0], s[1]])], after);
        double accuracy = Ml.MulticlassClassification.Evaluate(first.Transform(data), "Kind").MicroAccuracy;
        Assert.True(accuracy > 0.95, $"{accuracy}");
        Assert.Equal(accuracy, Ml.MulticlassClassification.Evaluate(second.Transform(turned), "Kind").MicroAccuracy);
        Assert.True(second.History.Epochs[0].Loss < 0.2, $"{second.History.Epochs[0].Loss}");

        // From the reordered network on to a third order.
        IDataView third = Keyed(rows, ["middle", "right", "left"]);
        using NeuralNetworkTransformer last = Ml.MulticlassClassification.NeuralNetwork(Still with { WarmStart = Start(second, file) }).Fit(third);
        Close([.. before.Select(s => (float[])[s[1], s[2], s[0]])], Scores(last, third));
    }

    [Fact]
    public void Missing_features_take_the_means_of_the_first_rows()
    {
        IDataView data = Keyed(TrainingData.Rows(), TrainingData.Kinds);
        using NeuralNetworkTransformer first = Ml.MulticlassClassification.NeuralNetwork(Options with { MissingFeatures = MissingFeatures.Impute }).Fit(data);
        TrainingData.Row[] holes = Shifted();
        holes[3].Pair = [float.NaN, 90];
        NeuralNetworkOptions still = Still with { MissingFeatures = MissingFeatures.Impute, WarmStart = WarmStart.Of(first.Network) };
        using NeuralNetworkTransformer second = Ml.MulticlassClassification.NeuralNetwork(still).Fit(Keyed(holes, TrainingData.Kinds));
        IDataView hole = Keyed(holes, TrainingData.Kinds);
        Close(Scores(first, hole), Scores(second, hole));
        Assert.Equal(TrainingData.Rows().Average(r => r.Pair[0]), second.Network.Parameters[0].Value[0], 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_cannot_be_kept_is_refused(bool file)
    {
        TrainingData.Row[] rows = TrainingData.Rows();
        IDataView data = Keyed(rows, TrainingData.Kinds);
        using NeuralNetworkTransformer first = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(data);
        WarmStart start = Start(first, file);
        NeuralNetworkOptions still = Still with { WarmStart = start };
        Refused(() => Ml.MulticlassClassification.NeuralNetwork(still).Fit(Keyed(rows, ["left", "middle", "right", "up"])), "up");
        Refused(() => Ml.MulticlassClassification.NeuralNetwork(still).Fit(Keyed([.. rows.Where(r => r.Name != "middle")], ["left", "right"])), "middle");
        Refused(() => Ml.MulticlassClassification.NeuralNetwork(still with { Standardize = false }).Fit(data), nameof(TrainingOptions.Standardize));
        Refused(() => Ml.MulticlassClassification.NeuralNetwork(still with { HiddenUnits = [16, 16] }).Fit(data), "dense2.weight");
        Refused(() => Ml.TrainNetwork(Plan, Own(still)).Fit(Keyed(rows, ["right", "left", "middle"])), "in this order");
        using NeuralNetworkTransformer same = Ml.TrainNetwork(Plan, Own(still)).Fit(data);
        using NeuralNetworkTransformer raw = Ml.MulticlassClassification.NeuralNetwork(Options with { Standardize = false, Epochs = 1 }).Fit(data);
        Refused(() => Ml.MulticlassClassification.NeuralNetwork(Still with { WarmStart = Start(raw, file) }).Fit(data), nameof(TrainingOptions.Standardize));
        using NeuralNetworkTransformer price = Ml.Regression.NeuralNetwork(Options with { LabelColumn = "Target", Epochs = 1 }).Fit(data);
        Refused(() => Ml.TrainNetwork(Plan, Own(still) with { LabelColumn = "Target", WarmStart = Start(price, file) }).Fit(data), "label");

        static NetworkPlan Plan(NetworkInput input) => new()
        {
            Model = new Sequential(new Dense(input.Features, 16, input.Random), new Dense(16, input.Outputs, input.Random)),
            Loss = input.Outputs == 1 ? new MeanSquaredError() : new SoftmaxCrossEntropy(),
        };

        static NetworkOptions Own(NeuralNetworkOptions options) => new()
        {
            FeatureColumns = options.FeatureColumns,
            LabelColumn = options.LabelColumn,
            Epochs = 1,
            ValidationFraction = 0,
            WarmStart = options.WarmStart,
        };
    }

    [Fact]
    public void Parts_that_find_no_place_and_numbers_that_are_not_finite_are_refused()
    {
        var random = new RandomSource(1);
        IDataView data = Keyed(TrainingData.Rows(), TrainingData.Kinds);
        NeuralNetworkOptions still = Still with { Standardize = false };
        var larger = new Sequential(new Dense(2, 16, random), new Dense(16, 3, random), new Dense(3, 3, random));
        Refused(() => Ml.MulticlassClassification.NeuralNetwork(still with { WarmStart = WarmStart.Of(larger) }).Fit(data), "dense3.weight");
        var infinite = new Sequential(new Dense(2, 16, random), new Dense(16, 3, random));
        infinite.Parameters[0].Value.Span<float>()[1] = float.PositiveInfinity;
        Refused(() => Ml.MulticlassClassification.NeuralNetwork(still with { WarmStart = WarmStart.Of(infinite) }).Fit(data), "dense1.weight");
    }

    /// <summary>A network of one's own is taken to see features and labels as they come.</summary>
    [Fact]
    public void A_network_of_ones_own_sees_features_and_labels_as_they_come()
    {
        var line = new Sequential(new Dense(2, 1, new RandomSource(1)));
        new[] { 3f, -2f }.CopyTo(line.Parameters[0].Value.Span<float>());
        NeuralNetworkOptions still = Still with { LabelColumn = "Target", HiddenUnits = [], Standardize = false, WarmStart = WarmStart.Of(line) };
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows());
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(still).Fit(data);
        Close([.. TrainingData.Rows().Select(r => (3 * r.Pair[0]) - (2 * r.Pair[1]))], [.. model.Transform(data).GetColumn<float>("Score")], 1e-3);
    }

    /// <summary>One step per epoch: the loss before it is finite.</summary>
    [Fact]
    public void A_training_whose_last_step_ruins_the_weights_is_an_error()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows(32));
        var options = Options with { LabelColumn = "Target", Epochs = 1, BatchSize = 32, Optimizer = new Sgd { LearningRate = 1e38 } };
        Refused(() => Ml.Regression.NeuralNetwork(options).Fit(data), "diverged");
    }

    private static void Refused(Action fit, string what) =>
        Assert.Contains(what, Assert.Throws<TrainingException>(fit).Message, StringComparison.Ordinal);

    private static void Close(float[] expected, float[] found, double tolerance = 1e-4)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, tolerance));
    }

    private static void Close(float[][] expected, float[][] found) => Close([.. expected.SelectMany(s => s)], [.. found.SelectMany(s => s)]);

    private static float[][] Scores(NeuralNetworkTransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float[]>("Score")];

    /// <summary>Rows from a corner of the first ones, whose means and deviations are others.</summary>
    private static TrainingData.Row[] Shifted() => [.. TrainingData.Rows(300, seed: 4).Where(r => r.Pair[1] > 105)];

    private WarmStart Start(NeuralNetworkTransformer model, bool file)
    {
        if (!file)
        {
            return WarmStart.Of(model.Network);
        }

        string path = Path.Combine(folder, "start.onnx");
        OnnxExporter.Export(model.Inference, path);
        return WarmStart.OfOnnx(path);
    }

    private IDataView Keyed(TrainingData.Row[] rows, string[] kinds)
    {
        IDataView view = Ml.Data.LoadFromEnumerable(rows), keys = Ml.Data.LoadFromEnumerable(kinds.Select(k => new Key { Name = k }));
        return Ml.Transforms.Conversion.MapValueToKey("Kind", "Name", keyData: keys).Fit(view).Transform(view);
    }

    private sealed class Key
    {
        public string Name { get; set; } = "";
    }
}
