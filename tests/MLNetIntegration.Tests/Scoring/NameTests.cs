using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Columns of the user's that are called like something of ours.</summary>
public sealed class NameTests : IDisposable
{
    private readonly MLContext ml = new(seed: 1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_column_called_after_two_features_is_not_taken_for_them()
    {
        var random = new Random(2);
        Named[] rows = [.. Enumerable.Range(0, 300).Select(_ =>
        {
            float x = random.NextSingle(), y = random.NextSingle();
            return new Named { X = x, Y = y, Sum = [1000, -1000], Label = x - (2 * y) };
        })];
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using NeuralNetworkTransformer model = ml.Regression.NeuralNetwork(
            new NeuralNetworkOptions { FeatureColumns = ["X", "Y"], HiddenUnits = [8], Epochs = 80, Seed = 1, Optimizer = new Adam { LearningRate = 0.02 } }).Fit(data);
        IDataView scored = model.Transform(data);
        Assert.True(ml.Regression.Evaluate(scored).RSquared > 0.99);
        Assert.All(scored.GetColumn<float[]>("X+Y"), sum => Assert.Equal([1000, -1000], sum));
        float[] expected = [.. scored.GetColumn<float>("Score")];
        ml.Model.Save(model, data.Schema, file);
        foreach (ITransformer loaded in new[] { ml.LoadBatched(file, out _), Plain() })
        {
            IDataView again = loaded.Transform(data);
            Assert.All(expected.Zip(again.GetColumn<float>("Score")), p => Assert.Equal(p.First, p.Second, 1e-5));
            Assert.All(again.GetColumn<float[]>("X+Y"), sum => Assert.Equal([1000, -1000], sum));
        }
    }

    [Fact]
    public void Inputs_called_like_the_columns_of_each_other_are_filled_alike_in_plain_ML_NET()
    {
        // The model's input "A" is filled by the column "B" and the other way round; its outputs bear names of scratch columns.
        byte[] model = RawModel.Of(
            [RawModel.Tensor("A", DataType.Float, "n", 1), RawModel.Tensor("B", DataType.Float, "n", 1)],
            [RawModel.Tensor("~0", DataType.Float, "n", 1), RawModel.Tensor("~1", DataType.Float, "n", 1)],
            [RawModel.Node("Identity", ["A"], "~0"), RawModel.Node("Identity", ["B"], "~1")]);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Crossed { A = i, B = 100 + i, Third = 1000 + i }).ToArray());
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(model, new ScoreOnnxOptions
        {
            Inputs = new Dictionary<string, IReadOnlyList<string>> { ["A"] = ["B"], ["B"] = ["A"] },
        }).Fit(data);
        ml.Model.Save(transformer, data.Schema, file);
        foreach (ITransformer each in new[] { transformer, ml.LoadBatched(file, out _), Plain() })
        {
            IDataView scored = each.Transform(data);
            Assert.Equal(Enumerable.Range(0, 10).Select(i => 100f + i), scored.GetColumn<float>("~0"));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), scored.GetColumn<float>("~1"));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), scored.GetColumn<float>("A"));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => 100f + i), scored.GetColumn<float>("B"));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => 1000f + i), scored.GetColumn<float>("~2"));
        }
    }

    /// <summary>ML.NET's own calibrators and classifiers write columns called Score, Probability and PredictedLabel on the way.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Own_columns_called_as_ML_NET_calls_its_results_stay_as_they_are(bool binary)
    {
        string features = binary ? "One" : "Three";
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Own
        {
            One = [i - 4.5f],
            Three = [i % 3, i % 2, 1.5f],
            Score = 1000 + i,
            Probability = 2000 + i,
            PredictedLabel = 3000 + i,
        }).ToArray());
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(
            RawModel.Identity(RawModel.Tensor(features, DataType.Float, "n", binary ? 1 : 3)),
            new ScoreOnnxOptions
            {
                Outputs = new Dictionary<string, string> { [$"{features}_out"] = "Raw" },
                Prediction = new PredictionOptions
                {
                    Task = binary ? PredictionTask.Binary : PredictionTask.Multiclass,
                    ScoresAreLogits = true,
                    PredictedLabelColumn = "Guess",
                    ProbabilityColumn = "Chance",
                },
            }).Fit(data);
        ml.Model.Save(transformer, data.Schema, file);
        foreach (ITransformer each in new[] { transformer, ml.LoadBatched(file, out _), Plain() })
        {
            IDataView scored = each.Transform(data);
            Assert.Equal(Enumerable.Range(0, 10).Select(i => 1000f + i), scored.GetColumn<float>("Score"));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => 2000f + i), scored.GetColumn<float>("Probability"));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => 3000f + i), scored.GetColumn<float>("PredictedLabel"));
            if (binary)
                Assert.Equal(Enumerable.Range(0, 10).Select(i => i > 4), scored.GetColumn<bool>("Guess"));
            else
                Assert.Equal(Enumerable.Range(0, 10).Select(i => i % 3 == 2 ? 1u : 3u), scored.GetColumn<uint>("Guess"));
        }
    }

    private ITransformer Plain()
    {
        var plain = new MLContext();
        plain.ComponentCatalog.RegisterAssembly(typeof(OnnxTransformer).Assembly);
        return plain.Model.Load(file, out _);
    }

    private sealed class Own
    {
        [VectorType(1)]
        public float[] One { get; set; } = [];

        [VectorType(3)]
        public float[] Three { get; set; } = [];

        public float Score { get; set; }

        public float Probability { get; set; }

        public float PredictedLabel { get; set; }
    }

    private sealed class Named
    {
        public float X { get; set; }

        public float Y { get; set; }

        [ColumnName("X+Y")]
        [VectorType(2)]
        public float[] Sum { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class Crossed
    {
        public float A { get; set; }

        public float B { get; set; }

        [ColumnName("~2")]
        public float Third { get; set; }
    }
}
