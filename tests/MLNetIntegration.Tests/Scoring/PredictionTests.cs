using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

public sealed class PredictionTests : IDisposable
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly string[] Kinds = ["left", "middle", "right"];
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(file);

    /// <summary>Two scores of one model, each with a probability and a label of its own, by plain loops; a name may be given once.</summary>
    [Fact]
    public void Several_scores_have_predictions_of_their_own()
    {
        byte[] model = RawModel.Identity(RawModel.Tensor("a", DataType.Float, "n", 1), RawModel.Tensor("b", DataType.Float, "n", 3));
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 150).Select(i => new Two { a = (i % 7) - 3, b = [i % 2, i % 3, i % 5] }));
        PredictionOptions sale = new() { Task = PredictionTask.Binary, Output = "a_out", ScoresAreLogits = true, PredictedLabelColumn = "IsSold", ProbabilityColumn = "Chance" };
        PredictionOptions kind = new() { Task = PredictionTask.Multiclass, Output = "b_out", Labels = Kinds, PredictedLabelColumn = "Kind", PredictedLabelAsText = true, ProbabilityColumn = null };
        var options = new ScoreOnnxOptions { Predictions = [sale, kind] };
        Assert.Null(options.Prediction);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, options).Fit(data);
        Ml.Model.Save(transformer, data.Schema, file);
        ITransformer loaded = Ml.LoadBatched(file, out _);
        foreach (IDataView scored in new[] { transformer.Transform(data), loaded.Transform(data) })
        {
            Assert.Equal(["a", "b", "a_out", "b_out", "Chance", "IsSold", "Kind"], scored.Schema.Select(c => c.Name));
            float[] chances = [.. scored.GetColumn<float>("Chance")];
            bool[] sold = [.. scored.GetColumn<bool>("IsSold")];
            string[] kinds = [.. scored.GetColumn<string>("Kind")];
            for (int i = 0; i < 150; i++)
            {
                Assert.Equal(1 / (1 + Math.Exp(3 - (i % 7))), chances[i], 1e-5);
                Assert.Equal(i % 7 > 3, sold[i]);
                int[] scores = [i % 2, i % 3, i % 5];
                Assert.Equal(Kinds[Array.IndexOf(scores, scores.Max())], kinds[i]);
            }
        }

        (loaded as IDisposable)?.Dispose();
        string message = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(model, options with { Predictions = [sale, kind with { PredictedLabelColumn = "IsSold" }] }).Fit(data)).Message;
        Assert.Contains("found \"IsSold\" 2 times", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stock_multiclass_Evaluate_works_on_a_trained_module()
    {
        IDataView data = Keyed();
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(Classifier(3), Multiclass()).Fit(data);
        IDataView scored = transformer.Transform(data);
        MulticlassClassificationMetrics metrics = Ml.MulticlassClassification.Evaluate(scored, "Kind");
        Assert.True(metrics.MicroAccuracy > 0.95, $"{metrics.MicroAccuracy}");
        Assert.True(metrics.LogLoss < 0.3, $"{metrics.LogLoss}");

        VBuffer<ReadOnlyMemory<char>> slots = default;
        scored.Schema["Score"].GetSlotNames(ref slots);
        Assert.Equal(Kinds, slots.DenseValues().Select(s => s.ToString()));
        IDataView back = Ml.Transforms.Conversion.MapKeyToValue("Text", "PredictedLabel").Fit(scored).Transform(scored);
        string[] texts = [.. back.GetColumn<string>("Text")];
        Assert.Equal(metrics.MicroAccuracy, texts.Zip(back.GetColumn<string>("Name")).Count(p => p.First == p.Second) / (double)texts.Length, 1e-9);
        foreach (float[] probabilities in scored.GetColumn<float[]>("Score"))
        {
            Assert.Equal(1, probabilities.Sum(), 1e-5);
        }
    }

    [Fact]
    public void Predicted_texts_labels_from_options_and_saved_options_agree()
    {
        IDataView data = Keyed();
        ScoreOnnxOptions options = Multiclass();
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(
            Classifier(3), options with { Prediction = options.Prediction! with { LabelColumn = null, Labels = Kinds, PredictedLabelAsText = true } }).Fit(data);
        string[] texts = [.. transformer.Transform(data).GetColumn<string>("PredictedLabel")];
        Assert.True(texts.Zip(data.GetColumn<string>("Name")).Count(p => p.First == p.Second) > 0.95 * texts.Length);
        Ml.Model.Save(new TransformerChain<ITransformer>(transformer), data.Schema, file);
        ITransformer loaded = Ml.LoadBatched(file, out _);
        Assert.Equal(texts, loaded.Transform(data).GetColumn<string>("PredictedLabel"));
    }

    [Fact]
    public void A_saved_classifier_scores_data_without_its_label_column()
    {
        IDataView data = Keyed();
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(Classifier(3), Multiclass()).Fit(data);
        uint[] expected = [.. transformer.Transform(data).GetColumn<uint>("PredictedLabel")];
        Ml.Model.Save(new TransformerChain<ITransformer>(transformer), data.Schema, file);
        ITransformer loaded = Ml.LoadBatched(file, out _);
        IDataView unlabeled = Ml.Transforms.DropColumns("Kind").Fit(data).Transform(data);
        IDataView scored = loaded.Transform(unlabeled);
        Assert.Equal(expected, scored.GetColumn<uint>("PredictedLabel"));
        VBuffer<ReadOnlyMemory<char>> keys = default;
        scored.Schema["PredictedLabel"].GetKeyValues(ref keys);
        Assert.Equal(Kinds, keys.DenseValues().Select(s => s.ToString()));
    }

    /// <summary>What an estimator says before it sees data is what its transformer gives: names, kinds, types, keys, and the names of annotations.</summary>
    [Fact]
    public void The_schema_of_the_estimator_is_that_of_the_transformer()
    {
        IDataView data = Keyed();
        foreach (ScoreOnnxOptions options in (ScoreOnnxOptions[])[Multiclass(), Multiclass() with { Prediction = Multiclass().Prediction! with { PredictedLabelAsText = true } }, new()])
        {
            BatchOnnxEstimator estimator = Ml.ScoreOnnx(Classifier(3, train: false), options);
            using BatchOnnxTransformer transformer = estimator.Fit(data);
            string[] outputs = [.. transformer.GetOutputSchema(data.Schema).Where(c => data.Schema.GetColumnOrNull(c.Name) is null).Select(c => c.Name)];
            Assert.NotEmpty(outputs);
            SchemaShape said = estimator.GetOutputSchema(SchemaShapes.Of(data.Schema)), given = SchemaShapes.Of(transformer.GetOutputSchema(data.Schema));
            Assert.Equal(data.Schema.Select(c => c.Name).Concat(outputs).Order(StringComparer.Ordinal), said.Select(c => c.Name).Order(StringComparer.Ordinal));
            foreach (string name in outputs)
                Assert.Equal(given.Text(name), said.Text(name));
        }
    }

    /// <summary>A score that is not a number, wherever it stands, gives ML.NET's missing key or an empty text, never a class.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_score_that_is_not_a_number_gets_no_class(int place)
    {
        var row = new Scores { x = [1, 5, 3] };
        row.x[place] = float.NaN;
        IDataView data = Ml.Data.LoadFromEnumerable([row, new Scores { x = [1, 5, 3] }]);
        byte[] model = RawModel.Identity(RawModel.Tensor("x", DataType.Float, "n", 3));
        foreach (bool logits in (bool[])[false, true])
        {
            var options = new ScoreOnnxOptions
            {
                Prediction = new PredictionOptions { Task = PredictionTask.Multiclass, Labels = Kinds, ScoresAreLogits = logits, ProbabilityColumn = "Score" },
            };
            using BatchOnnxTransformer keys = Ml.ScoreOnnx(model, options).Fit(data);
            Assert.Equal([0u, 2u], keys.Transform(data).GetColumn<uint>("PredictedLabel"));
            using BatchOnnxTransformer texts = Ml.ScoreOnnx(model, options with { Prediction = options.Prediction with { PredictedLabelAsText = true } }).Fit(data);
            Assert.Equal(["", "middle"], texts.Transform(data).GetColumn<string>("PredictedLabel"));
        }
    }

    [Fact]
    public void Stock_binary_Evaluate_works_on_a_trained_module()
    {
        Row[] rows = Rows();
        var model = Trained(1, new BinaryCrossEntropy(), rows, r => [r.Kind == 2 ? 1 : 0]);
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, new ScoreOnnxOptions
        {
            Outputs = new Dictionary<string, string> { ["output"] = "Score" },
            Prediction = new PredictionOptions { Task = PredictionTask.Binary, ScoresAreLogits = true },
        }).Fit(data);
        IDataView scored = transformer.Transform(data);
        CalibratedBinaryClassificationMetrics metrics = Ml.BinaryClassification.Evaluate(scored, "IsRight");
        Assert.True(metrics.Accuracy > 0.95, $"{metrics.Accuracy}");
        Assert.True(metrics.LogLoss < 0.4, $"{metrics.LogLoss}");
        Assert.True(metrics.AreaUnderRocCurve > 0.98, $"{metrics.AreaUnderRocCurve}");
        foreach ((float score, (float probability, bool label)) in scored.GetColumn<float>("Score").Zip(
            scored.GetColumn<float>("Probability").Zip(scored.GetColumn<bool>("PredictedLabel"))))
        {
            Assert.Equal(1 / (1 + Math.Exp(-score)), probability, 1e-6);
            Assert.Equal(score > 0, label);
        }
    }

    [Fact]
    public void Stock_regression_Evaluate_works_on_a_trained_module()
    {
        Row[] rows = Rows();
        var model = Trained(1, new MeanSquaredError(), rows, r => [r.Target]);
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, Score).Fit(data);
        RegressionMetrics metrics = Ml.Regression.Evaluate(transformer.Transform(data), "Target");
        Assert.True(metrics.RSquared > 0.95, $"{metrics.RSquared}");
    }

    [Fact]
    public void Predictions_that_do_not_fit_the_scores_are_refused()
    {
        IDataView data = Keyed();
        ScoreOnnxOptions options = Multiclass();
        ScoringException few = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(Classifier(4, train: false), options).Fit(data));
        Assert.Contains("Expected as many names", few.Message, StringComparison.Ordinal);
        Assert.Contains("found 3", few.Message, StringComparison.Ordinal);
        ScoringException binary = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(
            Classifier(3, train: false), new ScoreOnnxOptions { Prediction = new PredictionOptions { Task = PredictionTask.Binary } }).Fit(data));
        Assert.Contains("A Binary prediction expects one", binary.Message, StringComparison.Ordinal);
        ScoringException plain = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(
            Classifier(3, train: false), options with { Prediction = options.Prediction! with { LabelColumn = "Name" } }).Fit(data));
        Assert.Contains("Expected texts or numbers as key values in the label column \"Name\"", plain.Message, StringComparison.Ordinal);
    }

    private static ScoreOnnxOptions Score => new() { Outputs = new Dictionary<string, string> { ["output"] = "Score" } };

    /// <summary>Logits under a name of their own, probabilities as ML.NET's score.</summary>
    private static ScoreOnnxOptions Multiclass() => new()
    {
        Outputs = new Dictionary<string, string> { ["output"] = "Logits" },
        Prediction = new PredictionOptions { Task = PredictionTask.Multiclass, ScoresAreLogits = true, LabelColumn = "Kind", ProbabilityColumn = "Score" },
    };

    private static IDataView Keyed()
    {
        IDataView rows = Ml.Data.LoadFromEnumerable(Rows());
        var keys = Ml.Transforms.Conversion.MapValueToKey("Kind", "Name", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue);
        return keys.Fit(rows).Transform(rows);
    }

    private static Sequential Classifier(int classes, bool train = true) => train
        ? Trained(classes, new SoftmaxCrossEntropy(), Rows(), r => [r.Kind])
        : new Sequential(new Dense(2, classes, new RandomSource(1)));

    private static Sequential Trained(int outputs, Loss loss, Row[] rows, Func<Row, float[]> target)
    {
        float[] features = [.. rows.SelectMany(r => r.Input)];
        var model = new Sequential(new Dense(2, outputs, new RandomSource(1)));
        var trainer = new Trainer { Model = model, Loss = loss, Optimizer = new Adam { LearningRate = 0.05 } };
        trainer.Fit(
            outputs > 1 ? Dataset.FromLabels(features, [2], [.. rows.Select(r => (long)r.Kind)], outputs) : Dataset.FromTargets(features, [2], [.. rows.SelectMany(target)], [1]),
            new FitOptions { Epochs = 40, BatchSize = 32, Seed = 3 });
        return model;
    }

    private static Row[] Rows()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 600).Select(i =>
        {
            int kind = i % 3;
            float a = ((kind - 1) * 4) + random.NextSingle(), b = random.NextSingle();
            return new Row { Input = [a, b], Kind = kind, Name = Kinds[kind], IsRight = kind == 2, Target = (2 * a) - b };
        })];
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Input { get; set; } = [];

        [NoColumn]
        public int Kind { get; set; }

        public string Name { get; set; } = string.Empty;

        public bool IsRight { get; set; }

        public float Target { get; set; }
    }

    private sealed class Scores
    {
        [VectorType(3)]
        public float[] x { get; set; } = [];
    }

    private sealed class Two
    {
        public float a { get; set; }

        [VectorType(3)]
        public float[] b { get; set; } = [];
    }
}
