using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>ML.NET's permutation feature importance of the network in a pipeline.</summary>
public sealed class ImportanceTests : IDisposable
{
    private MLContext Ml { get; } = new(seed: 1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");

    private static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["Pair"],
        LabelColumn = "Kind",
        HiddenUnits = [16],
        Optimizer = new Adam { LearningRate = 0.01 },
        Epochs = 60,
        Seed = 3,
    };

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("Pair")]
    [InlineData("X", "Y")]
    public void The_feature_that_matters_is_found_for_a_fitted_and_for_a_loaded_pipeline(params string[] features)
    {
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows());
        TransformerChain<Microsoft.ML.Transforms.KeyToValueMappingTransformer> model = Ml.Transforms.NormalizeMinMax(features[0], features[0])
            .Append(Ml.MulticlassClassification.NeuralNetwork(Options with { FeatureColumns = features }))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel")).Fit(data);
        IDataView scored = model.Transform(data);
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        using NeuralNetworkTransformer network = model.OfType<NeuralNetworkTransformer>().Single();
        Check(Ml.MulticlassClassification.PermutationFeatureImportance(network, scored, "Kind", permutationCount: 3));
        Ml.Model.Save(model, data.Schema, file);

        ITransformer loaded = Ml.LoadBatched(file, out _);
        using BatchOnnxTransformer part = ((IEnumerable<ITransformer>)loaded).OfType<BatchOnnxTransformer>().Single();
        Assert.Equal(network.FeatureColumnName, part.FeatureColumnName);
        scored = loaded.Transform(data);
        Assert.Equal(scores, scored.GetColumn<float[]>("Score"));
        Check(Ml.MulticlassClassification.PermutationFeatureImportance(part, scored, "Kind", permutationCount: 3));
    }

    [Fact]
    public void Several_feature_columns_are_joined_in_prediction_engines_and_schemas_too()
    {
        TrainingData.Row[] rows = TrainingData.Rows();
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        NeuralNetworkEstimator trainer = Ml.Regression.NeuralNetwork(Options with { FeatureColumns = ["X", "Y"], LabelColumn = "Target", Epochs = 2 });
        using NeuralNetworkTransformer model = trainer.Fit(data);
        Assert.Matches("^X\\+Y#[0-9a-f]{16}$", model.FeatureColumnName);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), model.FeatureColumnType);
        IDataView scored = model.Transform(data);
        Assert.Equal(scored.Schema.Select(c => c.Name), model.GetOutputSchema(data.Schema).Select(c => c.Name));
        Assert.Contains(model.FeatureColumnName, scored.Schema.Select(c => c.Name));
        using PredictionEngine<TrainingData.Row, Prediction> engine = Ml.Model.CreatePredictionEngine<TrainingData.Row, Prediction>(model);
        float[] scores = [.. scored.GetColumn<float>("Score")];
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(scores[i], engine.Predict(rows[i]).Score, 1e-3f);
        }

        // An estimator behind may use what the trainer announces.
        Assert.NotNull(trainer.Append(Ml.Transforms.NormalizeMinMax("Both", "Score")).Fit(data));
    }

    [Fact]
    public void A_model_of_several_inputs_says_why_it_has_no_feature_column()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows(10));
        byte[] model = Scoring.RawModel.Identity(
            Scoring.RawModel.Tensor("X", OnnxExport.Format.TensorProto.Types.DataType.Float, "n"), Scoring.RawModel.Tensor("Y", OnnxExport.Format.TensorProto.Types.DataType.Float, "n"));
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model).Fit(data);
        Assert.Contains("found \"X\", \"Y\"", Assert.Throws<NotSupportedException>(() => transformer.FeatureColumnName).Message, StringComparison.Ordinal);
    }

    /// <summary>A pipeline that was saved without its schema is loaded without one: its model names the column that it reads, but not yet its type.</summary>
    [Fact]
    public void A_transformer_that_has_seen_no_schema_says_what_it_knows_of_its_features()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows(10));
        using (BatchOnnxTransformer one = Ml.ScoreOnnx(Scoring.RawModel.Identity(Scoring.RawModel.Tensor("X", OnnxExport.Format.TensorProto.Types.DataType.Float, "n"))).Fit(data))
            Ml.Model.Save(one, null, file);
        using (BatchOnnxTransformer part = Loaded())
        {
            Assert.Equal("X", part.FeatureColumnName);
            Assert.Contains("has not seen a schema", Assert.Throws<NotSupportedException>(() => part.FeatureColumnType).Message, StringComparison.Ordinal);
            Assert.Equal(data.GetColumn<float>("X"), part.Transform(data).GetColumn<float>(part.GetOutputSchema(data.Schema)[^1].Name));
        }

        using (BatchOnnxTransformer two = Ml.ScoreOnnx(Scoring.RawModel.Identity(
            Scoring.RawModel.Tensor("X", OnnxExport.Format.TensorProto.Types.DataType.Float, "n"), Scoring.RawModel.Tensor("Y", OnnxExport.Format.TensorProto.Types.DataType.Float, "n"))).Fit(data))
            Ml.Model.Save(two, null, file);
        using BatchOnnxTransformer several = Loaded();
        Assert.Contains("found no schema to choose from", Assert.Throws<NotSupportedException>(() => several.FeatureColumnName).Message, StringComparison.Ordinal);

        BatchOnnxTransformer Loaded() => ((IEnumerable<ITransformer>)Ml.LoadBatched(file, out _)).OfType<BatchOnnxTransformer>().Single();
    }

    private static void Check(ImmutableArray<MulticlassClassificationMetricsStatistics> importance)
    {
        Assert.Equal(2, importance.Length);
        Assert.True(importance[0].MicroAccuracy.Mean < -0.3, $"{importance[0].MicroAccuracy.Mean}");
        Assert.True(importance[1].MicroAccuracy.Mean > -0.05, $"{importance[1].MicroAccuracy.Mean}");
    }

    private sealed class Prediction
    {
        public float Score { get; set; }
    }
}
