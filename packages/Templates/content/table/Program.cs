using Microsoft.ML.Data;

// Learns the price of flats from a table: numbers are standardized, places become learned vectors.
var ml = new MLContext(seed: 1);
IDataView flats = ml.Data.LoadFromTextFile<Flat>(Path.Combine(AppContext.BaseDirectory, "flats.csv"), separatorChar: ',', hasHeader: true);
var parts = ml.Data.TrainTestSplit(flats, testFraction: 0.2);

// A tenth of the training rows decides when to stop.
NeuralNetworkTransformer model = ml.Regression.NeuralNetwork(new NeuralNetworkOptions
{
    FeatureColumns = ["Area", "Rooms", "Place"],
    ColumnOptions = new Dictionary<string, ColumnOptions> { ["Place"] = new() { IsCategory = true } },
    LabelColumn = "Price",
    HiddenUnits = [32, 32],
    Epochs = 300,
    Patience = 30,
}).Fit(parts.TrainSet);

// These rows have not been seen.
RegressionMetrics measured = ml.Regression.Evaluate(model.Transform(parts.TestSet), labelColumnName: "Price");
Console.WriteLine($"R² {measured.RSquared:F3}, mean absolute error {measured.MeanAbsoluteError:F1}");

// One row at a time, for example in a web service; plain ML.NET loads the file, too.
ml.Model.Save(model, flats.Schema, "flats.zip");
ITransformer loaded = ml.LoadBatched("flats.zip", out _);
var engine = ml.Model.CreatePredictionEngine<Flat, Prediction>(loaded);
Console.WriteLine($"80 m² in the centre: {engine.Predict(new Flat { Area = 80, Rooms = 3, Place = "centre" }).Score:F0}");

// For programs in any language: the inputs are the columns.
model.ExportOnnx("flats.onnx");

internal sealed class Flat
{
    [LoadColumn(0)]
    public float Area { get; set; }

    [LoadColumn(1)]
    public float Rooms { get; set; }

    [LoadColumn(2)]
    public string Place { get; set; } = "";

    [LoadColumn(3)]
    public float Price { get; set; }
}

internal sealed class Prediction
{
    public float Score { get; set; }
}
