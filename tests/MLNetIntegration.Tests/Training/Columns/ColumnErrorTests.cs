using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Toolkit.MLNetIntegration.Training;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

public sealed class ColumnErrorTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static NeuralNetworkOptions Options => ColumnTests.Options with { Epochs = 1 };

    [Theory]
    [InlineData("Built", "the feature column \"Built\" to be a number, Boolean, key or text, or a vector of such, found DateTime")]
    [InlineData("Nowhere", "Expected a feature column \"Nowhere\", found \"Age\"")]
    [InlineData("Vague", "Expected a known number of keys in the feature column \"Vague\", found Key<UInt32, 0-4294967294>")]
    public void A_column_that_does_not_fit_is_named_with_its_type(string column, string expected)
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows(20));
        string message = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(Options with
        {
            FeatureColumns = ["Age", column],
            ColumnOptions = new Dictionary<string, ColumnOptions>(),
        }).Fit(data)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_a_column_that_is_not_read_are_refused()
    {
        string message = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(Options with { FeatureColumns = ["Age", "Note"] }).Fit(HouseData.Keyed(Ml, HouseData.Rows(20)))).Message;
        Assert.Contains("for the feature columns \"Age\", \"Note\", found them for \"Place\"", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("Width", () => new ColumnOptions { Width = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("HashBits", () => new ColumnOptions { HashBits = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("HashBits", () => new ColumnOptions { HashBits = 17 });
    }

    [Fact]
    public void A_missing_number_is_an_error_or_imputed()
    {
        HouseData.Row[] rows = HouseData.Rows(40);
        rows[7].Area = double.NaN;
        string message = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(Options).Fit(HouseData.Keyed(Ml, rows))).Message;
        Assert.Contains("row 7 of \"Area\", found NaN", message, StringComparison.Ordinal);
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options with { MissingFeatures = MissingFeatures.Impute }).Fit(HouseData.Keyed(Ml, rows));
        float imputed = model.Transform(HouseData.Keyed(Ml, rows)).GetColumn<float>("Score").ElementAt(7);
        rows[7].Area = rows.Where(r => !double.IsNaN(r.Area)).Average(r => r.Area);
        Assert.Equal(model.Transform(HouseData.Keyed(Ml, rows)).GetColumn<float>("Score").ElementAt(7), imputed, 1e-3f);
    }

    /// <summary>The same cities under other numbers: their vectors would be those of others.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_warm_start_keeps_the_keys_or_refuses_others(bool file)
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows(60));
        using NeuralNetworkTransformer first = Ml.Regression.NeuralNetwork(Options).Fit(data);
        string path = Path.GetTempFileName();
        try
        {
            OnnxExporter.Export(first.Inference, path);
            NeuralNetworkOptions again = Options with
            {
                WarmStart = file ? WarmStart.OfOnnx(path) : WarmStart.Of(first.Network),
                Optimizer = new Toolkit.Modeling.Optimizers.Adam { LearningRate = 1e-9 },
                WeightDecay = 0,
            };
            using NeuralNetworkTransformer second = Ml.Regression.NeuralNetwork(again).Fit(data);
            Assert.All(
                first.Transform(data).GetColumn<float>("Score").Zip(second.Transform(data).GetColumn<float>("Score")), p => Assert.Equal(p.First, p.Second, 1e-2f));
            IDataView turned = Ml.Transforms.Conversion.MapValueToKey("Place", "City", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence).Fit(data).Transform(data);
            string message = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(again).Fit(turned)).Message;
            Assert.Contains("Expected the keys Aarhus, Bergen, Cork, Delft, Evora, Fulda of \"Place\", in this order", message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Validation_rows_need_the_same_keys()
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows(60));
        IDataView turned = Ml.Transforms.Conversion.MapValueToKey("Place", "City", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence).Fit(data).Transform(data);
        string message = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(Options with { Validation = turned }).Fit(data)).Message;
        Assert.Contains("\"Place\" of the validation rows to be Key<UInt32, 0-5> with the classes Aarhus", message, StringComparison.Ordinal);
    }
}
