using Apache.Arrow;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Tests.Data;

/// <summary>A DataFrame of Microsoft.Data.Analysis is a view of ML.NET's, and record batches of Apache Arrow become one: both go where views go.</summary>
public sealed class DataFrameTests
{
    private readonly MLContext ml = new(seed: 1);

    [Fact]
    public void A_data_frame_becomes_a_data_set()
    {
        var frame = new DataFrame(
            new SingleDataFrameColumn("length", [1f, 2, 3]), new SingleDataFrameColumn("width", [0.5f, 0.25f, 4]), new SingleDataFrameColumn("price", [10f, 20, 30]), new BooleanDataFrameColumn("large", [false, false, true]));
        Dataset prices = ml.Data.ToDataset(frame, "price", "length", "width");
        Assert.Equal([1f, 0.5f, 2, 0.25f, 3, 4], prices.Features.ToArray());
        Assert.Equal([10f, 20, 30], prices.Targets.ToArray());
        Assert.Equal([0L, 0, 1], ml.Data.ToDataset(frame, "large", "width", "length").Labels.ToArray());

        // Gaps are named by their place.
        frame["width"][1] = null;
        Assert.Contains("row 1", Assert.Throws<DataException>(() => ml.Data.ToDataset(frame, "price", "length", "width")).Message, StringComparison.Ordinal);
    }

    /// <summary>What a data frame gives to ML.NET for an empty cell: NaN for numbers with a point, and 0 for others, which no reader can tell from a 0.</summary>
    [Fact]
    public void An_empty_cell_is_not_a_number_or_zero()
    {
        var frame = new DataFrame(new SingleDataFrameColumn("single", 1), new DoubleDataFrameColumn("double", 1), new Int32DataFrameColumn("int", 1), new BooleanDataFrameColumn("bool", 1));
        IDataView view = frame;
        Assert.Equal([float.NaN], view.GetColumn<float>("single"));
        Assert.Equal([double.NaN], view.GetColumn<double>("double"));
        Assert.Equal([0], view.GetColumn<int>("int"));
        Assert.Equal([false], view.GetColumn<bool>("bool"));
    }

    /// <summary>Numbers of other types and texts as classes go through ML.NET's transformers.</summary>
    [Fact]
    public void A_data_frame_of_a_CSV_file_becomes_a_data_set_and_trains_a_network()
    {
        string text = "size,rooms,kind\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{30 + i},{1 + (i % 4)},{(i < 30 ? "flat" : "house")}\n"));
        DataFrame frame = DataFrame.LoadCsvFromString(text, dataTypes: [typeof(double), typeof(int), typeof(string)]);
        IDataView rows = ml.Transforms.Conversion.ConvertType([new("size"), new("rooms")], DataKind.Single).Append(ml.Transforms.Conversion.MapValueToKey("kind")).Fit(frame).Transform(frame);
        Dataset data = ml.Data.ToDataset(rows, "kind", "size", "rooms");
        Assert.Equal(["flat", "house"], data.ClassNames!);
        Assert.Equal([30f, 1, 31, 2], data.Features.ToArray()[..4]);
        Assert.Equal(30, data.Labels.ToArray().Count(label => label == 1));

        // The network takes numbers of any type as they are.
        var model = ml.Transforms.Conversion.MapValueToKey("Label", "kind").Append(ml.MulticlassClassification.NeuralNetwork(new() { FeatureColumns = ["size", "rooms"], HiddenUnits = [8], Epochs = 300, ValidationFraction = 0, Seed = 2 })).Fit(frame);
        Assert.InRange(ml.MulticlassClassification.Evaluate(model.Transform(frame)).MicroAccuracy, 0.9, 1);
        model.LastTransformer.Dispose();
    }

    [Fact]
    public void Record_batches_of_Arrow_become_a_data_set()
    {
        RecordBatch batch = new RecordBatch.Builder()
            .Append("length", false, new FloatArray.Builder().AppendRange([1f, 2, 3]).Build())
            .Append("width", false, new FloatArray.Builder().AppendRange([0.5f, 0.25f, 4]).Build())
            .Append("price", false, new DoubleArray.Builder().AppendRange([10, 20, 30]).Build())
            .Build();
        Dataset data = ml.Data.ToDataset(DataFrame.FromArrowRecordBatch(batch), "price", "length", "width");
        Assert.Equal([1f, 0.5f, 2, 0.25f, 3, 4], data.Features.ToArray());
        Assert.Equal([10f, 20, 30], data.Targets.ToArray());
    }
}
