using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests.Training;

public sealed class NeuralNetworkTests : IDisposable
{
    private MLContext Ml { get; } = new(seed: 1);
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    private static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["X", "Y"],
        LabelColumn = "Kind",
        HiddenUnits = [16],
        Optimizer = new Adam { LearningRate = 0.01 },
        Epochs = 60,
        Seed = 3,
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_classifier_learns_scores_and_names_its_classes()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows());
        using NeuralNetworkTransformer model = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(data);
        IDataView scored = model.Transform(data);
        MulticlassClassificationMetrics metrics = Ml.MulticlassClassification.Evaluate(scored, "Kind");
        Assert.True(metrics.MicroAccuracy > 0.95, $"{metrics.MicroAccuracy}");
        Assert.True(metrics.LogLoss < 0.2, $"{metrics.LogLoss}");
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["PredictedLabel"].GetKeyValues(ref names);
        Assert.Equal(TrainingData.Kinds, names.DenseValues().Select(n => n.ToString()));
        scored.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(TrainingData.Kinds, names.DenseValues().Select(n => n.ToString()));
        Assert.NotEmpty(model.History.Epochs);
        Assert.NotNull(model.History.Epochs[0].Validation);
    }

    [Fact]
    public void A_binary_classifier_gives_score_probability_and_label()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows());
        using NeuralNetworkTransformer model = Ml.BinaryClassification.NeuralNetwork(Options with { LabelColumn = "IsRight" }).Fit(data);
        CalibratedBinaryClassificationMetrics metrics = Ml.BinaryClassification.Evaluate(model.Transform(data), "IsRight");
        Assert.True(metrics.Accuracy > 0.95, $"{metrics.Accuracy}");
        Assert.True(metrics.LogLoss < 0.3, $"{metrics.LogLoss}");
    }

    [Fact]
    public void Columns_are_joined_in_the_order_of_the_options()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows(200));
        using NeuralNetworkTransformer model = Ml.BinaryClassification.NeuralNetwork(Options with { LabelColumn = "IsRight", FeatureColumns = ["Y", "X"] }).Fit(data);
        Assert.InRange(Ml.BinaryClassification.Evaluate(model.Transform(data), "IsRight").Accuracy, 0.95, 1);
    }

    [Fact]
    public void A_regression_predicts_in_the_units_of_the_label()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows());
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options with { LabelColumn = "Target", FeatureColumns = ["Pair"] }).Fit(data);
        RegressionMetrics metrics = Ml.Regression.Evaluate(model.Transform(data), "Target");
        Assert.True(metrics.RSquared > 0.95, $"{metrics.RSquared}");
    }

    [Fact]
    public void A_distribution_covers_what_its_quantiles_promise()
    {
        IDataView train = Ml.Data.LoadFromEnumerable(TrainingData.Rows(4000)), test = Ml.Data.LoadFromEnumerable(TrainingData.Rows(4000, seed: 8));
        using NeuralNetworkTransformer model = Ml.Regression.HeteroscedasticNeuralNetwork(
            Options with { LabelColumn = "Noisy", Quantiles = [0.05, 0.95], BatchSize = 64, HiddenUnits = [32, 32], Epochs = 40 }).Fit(train);
        IDataView scored = model.Transform(test);
        float[][] quantiles = [.. scored.GetColumn<float[]>("Quantiles")];
        float[] labels = [.. scored.GetColumn<float>("Noisy")], y = [.. scored.GetColumn<float>("Y")], variances = [.. scored.GetColumn<float>("Variance")];
        double covered = labels.Where((l, i) => quantiles[i][0] <= l && l <= quantiles[i][1]).Count() / (double)labels.Length;
        Assert.InRange(covered, 0.87, 0.93);

        // The noise is (0.1 + 0.4 |y|)²: small in the middle, large at the edges.
        Assert.InRange(variances.Where((_, i) => Math.Abs(y[i] - 100) < 4).Average(), 0.01, 0.06);
        Assert.InRange(variances.Where((_, i) => Math.Abs(y[i] - 100) is > 18 and < 22).Average(), 0.2, 0.3);
        Assert.InRange(variances.Where((_, i) => Math.Abs(y[i] - 100) > 36).Average(), 0.6, 0.95);
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Quantiles"].GetSlotNames(ref names);
        Assert.Equal(["5 %", "95 %"], names.DenseValues().Select(n => n.ToString()));
    }

    /// <summary>The network sees a label of mean 0 and deviation 1, so 3y + 5 trains it as y does, and what comes out is that of y in other units.</summary>
    [Fact]
    public void A_distribution_is_in_the_units_of_the_label()
    {
        TrainingData.Row[] rows = TrainingData.Rows(200);
        NeuralNetworkOptions options = Options with { LabelColumn = "Noisy", Quantiles = [0.1, 0.6], Epochs = 5 };
        (float[] score, float[] variance, float[][] quantiles) = Scored();
        foreach (TrainingData.Row row in rows)
            row.Noisy = (3 * row.Noisy) + 5;
        (float[] score3, float[] variance3, float[][] quantiles3) = Scored();
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal((3 * score[i]) + 5, score3[i], 1e-2f);
            Assert.Equal(1, variance3[i] / (9 * variance[i]), 1e-2f);
            Assert.All(quantiles[i].Zip(quantiles3[i]), pair => Assert.Equal((3 * pair.First) + 5, pair.Second, 1e-2f));
        }

        (float[], float[], float[][]) Scored()
        {
            IDataView data = Ml.Data.LoadFromEnumerable(rows);
            using NeuralNetworkTransformer model = Ml.Regression.HeteroscedasticNeuralNetwork(options).Fit(data);
            IDataView scored = model.Transform(data);
            return ([.. scored.GetColumn<float>("Score")], [.. scored.GetColumn<float>("Variance")], [.. scored.GetColumn<float[]>("Quantiles")]);
        }
    }

    [Fact]
    public void Any_network_and_loss_can_be_trained()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows());
        NetworkInput? seen = null;
        using NeuralNetworkTransformer model = Ml.TrainNetwork(
            input =>
            {
                seen = input;
                return new NetworkPlan
                {
                    Model = new Sequential(new Dense(input.Features, 24, input.Random) { Activation = Ops.Tanh }, new Dense(24, input.Outputs, input.Random)),
                    Loss = new Huber(),
                };
            },
            new NetworkOptions { FeatureColumns = ["Pair"], LabelColumn = "Both", Optimizer = new Adam { LearningRate = 0.01 }, Epochs = 60, Seed = 3 }).Fit(data);
        Assert.Equal((2, 2), (seen!.Features, seen.Outputs));
        float[][] scores = [.. model.Transform(data).GetColumn<float[]>("Score")], targets = [.. data.GetColumn<float[]>("Both")];
        Assert.True(scores.Zip(targets).Average(p => Math.Abs(p.First[0] - p.Second[0]) + Math.Abs(p.First[1] - p.Second[1])) < 0.3);
    }

    [Fact]
    public void A_pipeline_around_a_network_saves_loads_and_scores_the_same_in_plain_MLNET_and_in_batches()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows());
        using TransformerChain<Microsoft.ML.Transforms.KeyToValueMappingTransformer> model = Ml.Transforms.NormalizeMinMax("Pair")
            .Append(Ml.MulticlassClassification.NeuralNetwork(Options with { FeatureColumns = ["Pair"] }))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel"))
            .Fit(data);
        float[][] expected = [.. model.Transform(data).GetColumn<float[]>("Score")];
        string[] texts = [.. model.Transform(data).GetColumn<string>("Predicted")];
        string[] names = [.. data.GetColumn<string>("Name")];
        Assert.True(texts.Zip(names).Count(p => p.First == p.Second) > 0.9 * texts.Length);

        string file = Path.Combine(folder, "model.zip");
        Ml.Model.Save(model, data.Schema, file);
        ITransformer batched = Ml.LoadBatched(file, out _);
        Assert.Equal(texts, batched.Transform(data).GetColumn<string>("Predicted"));
        foreach ((float[] a, float[] b) in expected.Zip(batched.Transform(data).GetColumn<float[]>("Score")))
        {
            Assert.Equal(a[0], b[0], 1e-6f);
        }

        Assert.Contains(((IEnumerable<ITransformer>)batched).SelectMany(Parts), t => t is BatchOnnxTransformer);

        static IEnumerable<ITransformer> Parts(ITransformer t) => t is IEnumerable<ITransformer> chain ? chain.SelectMany(Parts) : [t];
    }

    [Fact]
    public void CrossValidate_takes_it_like_a_stock_trainer()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows());
        var folds = Ml.MulticlassClassification.CrossValidate(data, Ml.MulticlassClassification.NeuralNetwork(Options), 3, "Kind");
        Assert.Equal(3, folds.Count);
        Assert.All(folds, f => Assert.True(f.Metrics.MicroAccuracy > 0.85, $"{f.Metrics.MicroAccuracy}"));
    }

    [Fact]
    public void The_seed_alone_decides_whatever_the_threads()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows());
        Assert.Equal(Weights(Options, data, new MLContext(seed: 5), 1), Weights(Options, data, new MLContext(seed: 6), 2));
        NeuralNetworkOptions unset = Options with { Seed = null };
        Assert.Equal(Weights(unset, data, new MLContext(seed: 5), 1), Weights(unset, data, new MLContext(seed: 5), 1));
        Assert.NotEqual(Weights(unset, data, new MLContext(seed: 5), 1), Weights(unset, data, new MLContext(seed: 6), 1));
    }

    [Fact]
    public void Rows_above_the_memory_budget_are_streamed_and_learned_all_the_same()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows());
        using NeuralNetworkTransformer model = Ml.MulticlassClassification.NeuralNetwork(Options with { MemoryBudget = 0 }).Fit(data);
        Assert.True(Ml.MulticlassClassification.Evaluate(model.Transform(data), "Kind").MicroAccuracy > 0.95);
        Assert.NotNull(model.History.Epochs[0].Validation);
    }

    [Fact]
    public void A_warm_start_goes_on_from_a_network_or_an_onnx_file()
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows());
        NeuralNetworkOptions once = Options with { Epochs = 1, ValidationFraction = 0, Optimizer = new Sgd { LearningRate = 1e-9 } };
        using NeuralNetworkTransformer first = Ml.MulticlassClassification.NeuralNetwork(Options).Fit(data);
        using NeuralNetworkTransformer second = Ml.MulticlassClassification.NeuralNetwork(once with { WarmStart = WarmStart.Of(first.Network), Seed = 9 }).Fit(data);
        Assert.True(second.History.Epochs[0].Loss < 0.2, $"{second.History.Epochs[0].Loss}");
        string file = Path.Combine(folder, "first.onnx");
        OnnxExporter.Export(first.Inference, file);
        using NeuralNetworkTransformer third = Ml.MulticlassClassification.NeuralNetwork(once with { WarmStart = WarmStart.OfOnnx(file), Seed = 9 }).Fit(data);
        Assert.Equal(second.History.Epochs[0].Loss, third.History.Epochs[0].Loss, 1e-9);
        TrainingException other = Assert.Throws<TrainingException>(() =>
            Ml.MulticlassClassification.NeuralNetwork(once with { HiddenUnits = [17], WarmStart = WarmStart.OfOnnx(file) }).Fit(data));
        Assert.Contains("[2, 17]", other.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 16]", other.Message, StringComparison.Ordinal);
    }

    private static float[] Weights(NeuralNetworkOptions options, IDataView data, MLContext ml, int threads)
    {
        using NeuralNetworkTransformer model = ml.MulticlassClassification.NeuralNetwork(
            options with { Epochs = 3, Dropout = 0.2, Execution = new ExecutionOptions { Threads = threads } }).Fit(data);
        return [.. model.Network.Parameters.SelectMany(p => p.DType == Autograd.Tensors.DType.Float32 ? p.Value.Span<float>().ToArray() : [])];
    }
}
