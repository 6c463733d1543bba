using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Scores depend on the row alone, and training on the rows alone: not on their order, the sizes of batches, the order of columns in the data, or where rows are kept.</summary>
public sealed class ColumnInvarianceTests : IDisposable
{
    private static readonly MLContext Ml = new(seed: 1);

    private readonly string folder = Directory.CreateTempSubdirectory("toolkit-tests-").FullName;

    private static NeuralNetworkOptions Options => ColumnTests.Options with { HiddenUnits = [8] };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Rows_are_scored_alike_in_any_order_and_one_by_one()
    {
        HouseData.Row[] rows = HouseData.Rows(150);
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options).Fit(HouseData.Keyed(Ml, rows));
        float[] scores = Scores(model, rows), turned = Scores(model, [.. rows.Reverse()]);
        Assert.All(scores.Zip(turned.Reverse()), p => Assert.Equal(p.First, p.Second, 1e-3f));
        ITransformer whole = HouseData.Keys(Ml).Fit(Ml.Data.LoadFromEnumerable(HouseData.Rows())).Append(model);
        using PredictionEngine<HouseData.Row, Scored> engine = Ml.Model.CreatePredictionEngine<HouseData.Row, Scored>(whole);
        Assert.All(rows.Zip(scores), p => Assert.Equal(p.Second, engine.Predict(p.First).Score, 1e-3f));

        IDataView view = HouseData.Keyed(Ml, rows);
        IDataView moved = Ml.Transforms.SelectColumns([.. view.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Reverse()]).Fit(view).Transform(view);
        Assert.Equal(scores, model.Transform(moved).GetColumn<float>("Score"));
    }

    /// <summary>One step of all rows, so that their order says nothing but by rounding.</summary>
    [Fact]
    public void Rows_in_memory_and_streamed_ones_make_the_same_network_in_any_order()
    {
        HouseData.Row[] rows = HouseData.Rows(150);
        NeuralNetworkOptions options = Options with { BatchSize = rows.Length, Epochs = 5 };
        float[] expected = Of(options, rows), streamed = Of(options with { MemoryBudget = 0 }, rows), turned = Of(options, [.. rows.Reverse()]);
        Assert.All(expected.Zip(streamed), p => Assert.Equal(p.First, p.Second, 2e-2f));
        Assert.All(expected.Zip(turned), p => Assert.Equal(p.First, p.Second, 2e-2f));
        Assert.Contains(expected.Zip(Of(options with { Epochs = 4 }, rows)), p => Math.Abs(p.First - p.Second) > 0.1f);

        float[] Of(NeuralNetworkOptions how, HouseData.Row[] of)
        {
            using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(how).Fit(HouseData.Keyed(Ml, of));
            return Scores(model, rows);
        }
    }

    [Fact]
    public void Weights_count_as_copies_of_rows()
    {
        HouseData.Row[] rows = HouseData.Rows(60);
        NeuralNetworkOptions options = Options with { BatchSize = 1000, Epochs = 5 };
        (HouseData.Row Row, float Weight)[] weighted = [.. rows.Select((row, i) => (row, i % 3f))];
        IDataView copies = HouseData.Keyed(Ml, weighted.SelectMany(w => Enumerable.Repeat(w.Row, (int)w.Weight)));
        IDataView whole = HouseData.Keyed(Ml, rows.Select((row, i) => new HouseData.Row
        {
            Age = row.Age,
            Area = row.Area,
            City = row.City,
            Tags = row.Tags,
            Note = row.Note,
            Rooms = row.Rooms,
            IsNew = row.IsNew,
            Sizes = row.Sizes,
            Price = row.Price,
            Cost = i % 3,
        }));
        using NeuralNetworkTransformer repeated = Ml.Regression.NeuralNetwork(options).Fit(copies);
        using NeuralNetworkTransformer once = Ml.Regression.NeuralNetwork(options with { ExampleWeightColumn = "Cost" }).Fit(whole);
        using NeuralNetworkTransformer plain = Ml.Regression.NeuralNetwork(options).Fit(whole);
        float[] expected = Scores(repeated, rows);
        Assert.All(expected.Zip(Scores(once, rows)), p => Assert.Equal(p.First, p.Second, 2e-2f));
        Assert.Contains(expected.Zip(Scores(plain, rows)), p => Math.Abs(p.First - p.Second) > 0.1f);
    }

    /// <summary>Each column is an input of its type, and other programs can feed it.</summary>
    [Fact]
    public void The_exported_network_has_an_input_for_each_column()
    {
        HouseData.Row[] rows = HouseData.Rows(80);
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options).Fit(HouseData.Keyed(Ml, rows));
        Assert.Equal(
            [
                "Age Int32[batch, 1]", "Place UInt32[batch, 1]", "Area Float64[batch, 1]", "Marks Float32[batch, 5]", "IsNew Bool[batch, 1]", "Note Float32[batch, 64]", "Rooms UInt8[batch, 1]",
                "Sizes Float32[batch, 2]",
            ],
            model.Inference.Inputs.Select(i => $"{i.Name} {i.Type}"));
        Assert.Throws<NotSupportedException>(() => model.FeatureColumnName);
        string file = Path.Combine(folder, "houses.onnx");
        OnnxExporter.Export(model.Inference, file);
        IDataView counted = Ml.Transforms.Conversion.MapKeyToVector("Marks", "Marks", outputCountVector: true)
            .Append(Ml.Transforms.CopyColumns("Note", "Note#counts")).Fit(model.Transform(HouseData.Keyed(Ml, rows))).Transform(model.Transform(HouseData.Keyed(Ml, rows)));
        using BatchOnnxTransformer other = Ml.ScoreOnnx(file, new ScoreOnnxOptions { Outputs = new Dictionary<string, string> { ["Score"] = "Again" } }).Fit(counted);
        Assert.All(Scores(model, rows).Zip(other.Transform(counted).GetColumn<float>("Again")), p => Assert.Equal(p.First, p.Second, 1e-3f));
    }

    [Fact]
    public void A_saved_pipeline_scores_alike_and_adds_no_other_columns()
    {
        HouseData.Row[] rows = HouseData.Rows(80);
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        TransformerChain<NeuralNetworkTransformer> model = HouseData.Keys(Ml).Append(Ml.Regression.NeuralNetwork(Options)).Fit(data);
        string file = Path.Combine(folder, "houses.zip");
        Ml.Model.Save(model, data.Schema, file);
        var plain = new MLContext();
        plain.ComponentCatalog.RegisterAssembly(typeof(Microsoft.ML.Transforms.Onnx.OnnxTransformer).Assembly);
        float[] expected = [.. model.Transform(data).GetColumn<float>("Score")];
        foreach (ITransformer loaded in new[] { plain.Model.Load(file, out _), Ml.LoadBatched(file, out _) })
        {
            IDataView scored = loaded.Transform(data);
            Assert.All(expected.Zip(scored.GetColumn<float>("Score")), p => Assert.Equal(p.First, p.Second, 1e-3f));
            Assert.Equal(
                ["Marks", "Marks#counts", "Note#counts", "Place", "Score", "Style"],
                scored.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Except(data.Schema.Select(c => c.Name)).Order(StringComparer.Ordinal));
            (loaded as IDisposable)?.Dispose();
        }

        model.LastTransformer.Dispose();
    }

    private static float[] Scores(NeuralNetworkTransformer model, HouseData.Row[] rows) => [.. model.Transform(HouseData.Keyed(Ml, rows)).GetColumn<float>("Score")];

    private sealed class Scored
    {
        public float Score { get; set; }
    }
}
