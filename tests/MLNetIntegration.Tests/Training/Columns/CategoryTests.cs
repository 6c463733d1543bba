using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration.Training;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Texts that are categories: the network reads them as they are, in ML.NET and in the exported file.</summary>
public sealed class CategoryTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly NeuralNetworkOptions Options = new()
    {
        FeatureColumns = ["Area", "City", "Kind"],
        ColumnOptions = new Dictionary<string, ColumnOptions> { ["City"] = new() { IsCategory = true, Width = 3 }, ["Kind"] = new() { IsCategory = true } },
        LabelColumn = "Cost",
        MissingFeatures = MissingFeatures.Impute,
        HiddenUnits = [6],
        Epochs = 4,
        Seed = 5,
        ValidationFraction = 0.2,
    };

    /// <summary>What is trained is what keys made by ML.NET give, to the bit; texts that are new or missing are missing keys.</summary>
    [Fact]
    public void Categories_are_the_keys_of_their_texts()
    {
        HouseData.Row[] rows = HouseData.Rows(200), others = HouseData.Rows(30);
        others[0].City = "Nowhere";
        others[1].City = "";
        others[2].Kind = "unheard of";
        rows[7].City = "";
        (IDataView data, IDataView test) = (Ml.Data.LoadFromEnumerable(rows), Ml.Data.LoadFromEnumerable(others));
        const ValueToKeyMappingEstimator.KeyOrdinality ByValue = ValueToKeyMappingEstimator.KeyOrdinality.ByValue;
        using NeuralNetworkTransformer direct = Ml.Regression.NeuralNetwork(Options).Fit(data);
        TransformerChain<NeuralNetworkTransformer> keyed = Ml.Transforms.Conversion.MapValueToKey("City", keyOrdinality: ByValue).Append(Ml.Transforms.Conversion.MapValueToKey("Kind", keyOrdinality: ByValue))
            .Append(Ml.Regression.NeuralNetwork(Options with { ColumnOptions = new Dictionary<string, ColumnOptions> { ["City"] = new() { Width = 3 } } })).Fit(data);
        Assert.Equal(keyed.Transform(test).GetColumn<float>("Score"), direct.Transform(test).GetColumn<float>("Score"));
        keyed.LastTransformer.Dispose();
    }

    [Fact]
    public void ONNX_Runtime_takes_texts_and_gaps_and_pipelines_keep_them()
    {
        HouseData.Row[] rows = HouseData.Rows(200), others = HouseData.Rows(40);
        foreach ((int i, string city) in new[] { (0, "Nowhere"), (1, ""), (2, "Nowhere") })
            others[i].City = city;
        others[3].Area = double.NaN;
        IDataView test = Ml.Data.LoadFromEnumerable(others);
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options).Fit(Ml.Data.LoadFromEnumerable(rows));
        float[] expected = [.. model.Transform(test).GetColumn<float>("Score")];
        Assert.All(expected, score => Assert.True(float.IsFinite(score)));

        using var folder = new TemporaryFolder();
        model.ExportOnnx(folder.File("model.onnx"));
        using (var session = new InferenceSession(folder.File("model.onnx")))
        {
            Assert.Equal([("Area", typeof(double)), ("City", typeof(string)), ("Kind", typeof(string))], session.InputMetadata.Select(input => (input.Key, input.Value.ElementType)));
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> found = session.Run(
            [
                NamedOnnxValue.CreateFromTensor("Area", new DenseTensor<double>(others.Select(row => row.Area).ToArray(), [40, 1])),
                NamedOnnxValue.CreateFromTensor("City", new DenseTensor<string>(others.Select(row => row.City).ToArray(), [40, 1])),
                NamedOnnxValue.CreateFromTensor("Kind", new DenseTensor<string>(others.Select(row => row.Kind).ToArray(), [40, 1])),
            ]);
            Assert.All(expected.Zip(found[0].AsEnumerable<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        }

        Ml.Model.Save(model, test.Schema, folder.File("model.zip"));
        Assert.Equal(expected, Ml.LoadBatched(folder.File("model.zip"), out _).Transform(test).GetColumn<float>("Score"));
        Assert.All(expected.Zip(new MLContext().Model.Load(folder.File("model.zip"), out _).Transform(test).GetColumn<float>("Score")), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
    }

    [Fact]
    public void What_is_no_text_or_a_training_set_without_any_is_refused()
    {
        HouseData.Row[] rows = HouseData.Rows(20);
        NeuralNetworkOptions wrong = Options with { ColumnOptions = new Dictionary<string, ColumnOptions> { ["Area"] = new() { IsCategory = true } } };
        Assert.Contains("\"Area\", which is to be a category", Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(wrong).Fit(Ml.Data.LoadFromEnumerable(rows))).Message, StringComparison.Ordinal);
        Array.ForEach(rows, row => row.City = "");
        Assert.Contains("\"City\", which is to be a category, found none", Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(Options).Fit(Ml.Data.LoadFromEnumerable(rows))).Message, StringComparison.Ordinal);
    }
}
