using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Several labels at once: a number, a truth value and a class of houses by one network.</summary>
public sealed class MultiTaskTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly string[] Added =
        ["CostScore", "IsDearPredictedLabel", "IsDearProbability", "IsDearScore", "Marks#counts", "Note#counts", "PriceQuantiles", "PriceScore", "PriceVariance", "StylePredictedLabel", "StyleScore"];

    private static NeuralNetworkOptions Options => ColumnTests.Options with { LabelColumn = "Label", HiddenUnits = [24], Epochs = 60 };

    private static NetworkTask[] Tasks =>
        [NetworkTask.Regression("Cost"), NetworkTask.Binary("IsDear"), NetworkTask.Multiclass("Style") with { Weight = 0.5 }, NetworkTask.Heteroscedastic("Price")];

    [Fact]
    public void Every_task_is_learned_and_measured_by_its_own_columns()
    {
        IDataView train = HouseData.Keyed(Ml, HouseData.Rows()), test = HouseData.Keyed(Ml, HouseData.Rows(300, seed: 12));
        using NeuralNetworkTransformer model = Ml.MultiTaskNeuralNetwork(Tasks, Options with { ValidationFraction = 0.1 }).Fit(train);
        IDataView scored = model.Transform(test);
        RegressionMetrics cost = Ml.Regression.Evaluate(scored, "Cost", "CostScore");
        Assert.InRange(cost.RSquared, 0.95, 1);
        Assert.InRange(Ml.Regression.Evaluate(scored, "Cost", "PriceScore").RSquared, 0.95, 1);
        BinaryClassificationMetrics dear = Ml.BinaryClassification.EvaluateNonCalibrated(scored, "IsDear", "IsDearScore", "IsDearPredictedLabel");
        Assert.InRange(dear.Accuracy, 0.9, 1);
        MulticlassClassificationMetrics style = Ml.MulticlassClassification.Evaluate(scored, "Style", "StyleScore", "StylePredictedLabel");
        Assert.InRange(style.MicroAccuracy, 0.85, 1);
        float[] logits = [.. scored.GetColumn<float>("IsDearScore")], probabilities = [.. scored.GetColumn<float>("IsDearProbability")];
        Assert.All(logits.Zip(probabilities), p => Assert.Equal(1 / (1 + Math.Exp(-p.First)), p.Second, 1e-4));
        Assert.All(scored.GetColumn<float[]>("PriceQuantiles"), q => Assert.True(q[0] < q[1] && q[1] < q[2]));

        // A metric for each task in each epoch, in the units of its label, over the rows that validate.
        IReadOnlyDictionary<string, double> last = model.History.Epochs[^1].Validation!.Metrics;
        Assert.Equal(["Cost mean absolute error", "IsDear accuracy", "Price mean absolute error", "Style accuracy"], last.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(last["Cost mean absolute error"], 0.3 * cost.MeanAbsoluteError, 3 * cost.MeanAbsoluteError);
        Assert.InRange(last["IsDear accuracy"], 0.85, 1);
    }

    [Fact]
    public void Columns_are_those_that_are_announced_and_are_saved()
    {
        IDataView raw = Ml.Data.LoadFromEnumerable(HouseData.Rows(80)), data = HouseData.Keyed(Ml, HouseData.Rows(80));
        NeuralNetworkEstimator trainer = Ml.MultiTaskNeuralNetwork(Tasks, Options with { Epochs = 2 });
        TransformerChain<NeuralNetworkTransformer> model = HouseData.Keys(Ml).Append(trainer).Fit(raw);
        IDataView scored = model.Transform(raw);
        string[] own = [.. data.Schema.Select(c => c.Name)];
        Assert.Equal(Added, scored.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Except(own).Order(StringComparer.Ordinal));
        SchemaShape announced = trainer.GetOutputSchema(SchemaShapes.Of(data.Schema)), given = SchemaShapes.Of(scored.Schema);
        foreach (string column in Added.Where(c => !c.Contains('#', StringComparison.Ordinal)))
        {
            SchemaShape.Column said = Assert.Single(announced, c => c.Name == column), found = Assert.Single(given, c => c.Name == column);
            Assert.Equal((found.Kind, found.ItemType, found.IsKey), (said.Kind, said.ItemType, said.IsKey));
            Assert.Empty(said.Annotations.Select(a => a.Text()).Except(found.Annotations.Select(a => a.Text())));
        }

        string file = Path.GetTempFileName();
        try
        {
            Ml.Model.Save(model, raw.Schema, file);
            var plain = new MLContext();
            plain.ComponentCatalog.RegisterAssembly(typeof(OnnxTransformer).Assembly);
            foreach (ITransformer loaded in new[] { plain.Model.Load(file, out _), Ml.LoadBatched(file, out _) })
            {
                string[] expected = [.. PlainMLNet.Columns.Of(scored, own)], found = [.. PlainMLNet.Columns.Of(loaded.Transform(raw), own)];
                Assert.Equal(expected.Length, found.Length);
                foreach ((string[] a, string[] b) in expected.Zip(found, (a, b) => (a.Split('\t'), b.Split('\t'))))
                {
                    Assert.Equal(a[..4], b[..4]);
                    Assert.All(a.Skip(4).SelectMany(v => v.Split(' ')).Zip(b.Skip(4).SelectMany(v => v.Split(' '))), p => Assert.True(
                        p.First == p.Second || Math.Abs(float.Parse(p.First, Culture) - float.Parse(p.Second, Culture)) <= 1e-4 * Math.Max(1, Math.Abs(float.Parse(p.First, Culture))), $"{a[0]}: {p}"));
                }

                (loaded as IDisposable)?.Dispose();
            }
        }
        finally
        {
            File.Delete(file);
        }

        model.LastTransformer.Dispose();
    }

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    /// <summary>One step on all rows from the same start: the loss is the sum of the tasks', each times its weight, by plain loops over the scores of the untrained network.</summary>
    [Fact]
    public void The_loss_is_the_weighted_sum_of_those_of_the_tasks()
    {
        HouseData.Row[] rows = HouseData.Rows(90);
        IDataView data = HouseData.Keyed(Ml, rows);
        NeuralNetworkOptions still = Options with { Epochs = 1, BatchSize = 1000, WeightDecay = 0, Optimizer = new Adam { LearningRate = 1e-12 } };
        NetworkTask[] tasks = [NetworkTask.Regression("Price"), NetworkTask.Multiclass("Style") with { Weight = 0.25, Name = "Kind of " }];
        using NeuralNetworkTransformer model = Ml.MultiTaskNeuralNetwork(tasks, still).Fit(data);
        IDataView scored = model.Transform(data);
        float[] prices = [.. scored.GetColumn<float>("PriceScore")];
        float[][] styles = [.. scored.GetColumn<float[]>("Kind of Score")];
        uint[] keys = [.. scored.GetColumn<uint>("Style")];
        double mean = rows.Average(r => r.Price), variance = rows.Average(r => (r.Price - mean) * (r.Price - mean));
        double expected = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            expected += (((prices[i] - rows[i].Price) * (prices[i] - rows[i].Price) / variance) - (0.25 * Math.Log(styles[i][keys[i] - 1]))) / rows.Length;
        }

        Assert.Equal(expected, model.History.Epochs[0].Loss, 1e-4);
    }

    /// <summary>Without hidden units and at its best a balanced classifier of features that say nothing gives each class the same probability, and a plain one its frequency.</summary>
    [Fact]
    public void Each_label_is_balanced_by_its_own_classes()
    {
        IDataView data = TrainingData.Keyed(Ml, Enumerable.Range(0, 24).Select(i => new TrainingData.Row
        {
            Name = TrainingData.Kinds[i < 18 ? 0 : i < 22 ? 1 : 2],
            IsRight = i % 4 == 0,
            Pair = [0, 0],
            Both = [0, 0],
            Weight = 1,
        }));
        NetworkTask[] tasks = [NetworkTask.Multiclass("Kind"), NetworkTask.Binary("IsRight")];
        NeuralNetworkOptions options = new()
        {
            FeatureColumns = ["Pair"],
            HiddenUnits = [],
            Standardize = false,
            Epochs = 300,
            BatchSize = 24,
            ValidationFraction = 0,
            Seed = 1,
            Optimizer = new Adam { LearningRate = 0.05 },
        };
        foreach (bool balanced in new[] { false, true })
        {
            using NeuralNetworkTransformer model = Ml.MultiTaskNeuralNetwork(tasks, options with { BalanceClasses = balanced }).Fit(data);
            IDataView scored = model.Transform(data);
            float[] kind = scored.GetColumn<float[]>("KindScore").First();
            double[] expected = balanced ? [1 / 3.0, 1 / 3.0, 1 / 3.0] : [18 / 24.0, 4 / 24.0, 2 / 24.0];
            for (int i = 0; i < 3; i++)
                Assert.Equal(expected[i], kind[i], 0.02);
            Assert.Equal(balanced ? 0.5 : 0.25, scored.GetColumn<float>("IsRightProbability").First(), 0.02);
        }
    }

    /// <summary>A start without a step gives the same scores, though the rows, and so the means of labels, are others; tasks in another order are refused.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_of_the_same_labels_is_a_start(bool isFile)
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows(80)), others = HouseData.Keyed(Ml, HouseData.Rows(60, seed: 12));
        NetworkTask[] tasks = [NetworkTask.Regression("Cost"), NetworkTask.Binary("IsDear")];
        NeuralNetworkOptions options = new() { FeatureColumns = ["Area"], HiddenUnits = [8], Epochs = 5, ValidationFraction = 0, Seed = 1 };
        using NeuralNetworkTransformer first = Ml.MultiTaskNeuralNetwork(tasks, options).Fit(data);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        if (isFile)
            OnnxExporter.Export(first.Inference, path);
        WarmStart start = isFile ? WarmStart.OfOnnx(path) : WarmStart.Of(first.Network);
        File.Delete(path);
        NeuralNetworkOptions still = options with { WarmStart = start, Epochs = 1, Optimizer = new Sgd { LearningRate = 1e-30 } };
        using NeuralNetworkTransformer second = Ml.MultiTaskNeuralNetwork(tasks, still).Fit(others);
        foreach (string column in new[] { "CostScore", "IsDearScore" })
            Assert.Equal(first.Transform(data).GetColumn<float>(column), second.Transform(data).GetColumn<float>(column));
        Assert.Contains(
            "Expected the labels \"Cost\", \"IsDear\" as in the network to start from, in this order, found the labels \"IsDear\", \"Cost\"",
            Assert.Throws<TrainingException>(() => Ml.MultiTaskNeuralNetwork([tasks[1], tasks[0]], still).Fit(others)).Message, StringComparison.Ordinal);
        Assert.Contains("found one label", Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(still with { LabelColumn = "Cost" }).Fit(others)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_and_options_that_make_no_sense_are_refused()
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows(20));
        Assert.Contains("at least two tasks of distinct names, found \"Cost\"", Assert.Throws<ArgumentException>(() => Ml.MultiTaskNeuralNetwork([NetworkTask.Regression("Cost")])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Ml.MultiTaskNeuralNetwork([NetworkTask.Regression("Cost"), NetworkTask.Binary("Cost")]));
        Assert.Throws<ArgumentException>(() => Ml.MultiTaskNeuralNetwork(Tasks, Options with { LabelColumn = "Cost" }));
        NetworkTask[] numbers = [NetworkTask.Regression("Cost"), NetworkTask.Heteroscedastic("Price")];
        Assert.Contains(
            "Expected classes to balance in \"Cost\", \"Price\"",
            Assert.Throws<TrainingException>(() => Ml.MultiTaskNeuralNetwork(numbers, Options with { BalanceClasses = true }).Fit(data)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("Weight", () => NetworkTask.Binary("Cost") with { Weight = -1 });
        Assert.Throws<ArgumentException>(() => NetworkTask.Binary("Cost") with { Name = "" });
        string message = Assert.Throws<TrainingException>(() => Ml.MultiTaskNeuralNetwork([NetworkTask.Regression("Cost"), NetworkTask.Binary("Age")], Options).Fit(data)).Message;
        Assert.Contains("Expected the label column \"Age\" to be Boolean, found Int32", message, StringComparison.Ordinal);
        message = Assert.Throws<TrainingException>(() => Ml.MultiTaskNeuralNetwork([NetworkTask.Regression("Cost"), NetworkTask.Binary("Lost")], Options).Fit(data)).Message;
        Assert.Contains("Expected a label column \"Lost\"", message, StringComparison.Ordinal);
    }
}
