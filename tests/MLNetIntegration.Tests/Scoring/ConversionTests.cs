using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>ML.NET's own call, <c>ml.Model.ConvertToOnnx(model, data, stream)</c>, of pipelines with a network: the file gives what the pipeline does.</summary>
public sealed class ConversionTests
{
    private static readonly Flat[] Flats =
    [
        .. Enumerable.Range(0, 120).Select(i => new Flat
        {
            Area = 30 + (i % 90), Sizes = [i % 7, MathF.Sin(i)], Place = (i % 3) switch { 0 => "bay", 1 => "coast", _ => "hills" }, Rooms = i % 5, IsNew = i % 4 == 0, Rent = 10 * i, Kind = i % 90 > 45 ? "house" : "flat",
            Sold = DateTime.UnixEpoch.AddDays(i),
        }),
    ];

    private readonly MLContext ml = new(seed: 1);

    private IDataView Rows => ml.Data.LoadFromEnumerable(Flats);

    [Fact]
    public void A_classifier_between_transformers_is_one_file()
    {
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", nameof(Flat.Kind))
            .Append(ml.Transforms.NormalizeMinMax("Scaled", nameof(Flat.Area)))
            .Append(ml.Transforms.Categorical.OneHotEncoding("PlaceHot", nameof(Flat.Place)))
            .Append(ml.Transforms.Concatenate("All", "Scaled", "PlaceHot", nameof(Flat.Sizes)))
            .Append(ml.MulticlassClassification.NeuralNetwork(new() { FeatureColumns = ["All"], HiddenUnits = [6], Epochs = 4, Seed = 2 }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Named", "PredictedLabel"));
        var model = pipeline.Fit(Rows);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(model, Rows, stream);
        using OnnxSession session = OnnxSession.Load(stream.ToArray());
        Assert.Equal(["Area", "Sizes", "Place"], session.Inputs.Select(input => input.Name));
        Assert.Equal(["Score.output", "PredictedLabel.output", "Named.output"], session.Outputs.Select(output => output.Name));
        IReadOnlyList<Value> found = session.Run(InputsOf(session));
        IDataView scored = model.Transform(Rows);
        Near(scored.GetColumn<float[]>("Score").SelectMany(row => row), found[0]);
        Assert.Equal(scored.GetColumn<uint>("PredictedLabel"), found[1].ToArray<uint>());
        Assert.Equal(scored.GetColumn<string>("Named"), found[2].Texts.ToArray());
        Assert.Equal(["flat", "house"], found[2].Texts.ToArray().Distinct().Order());
    }

    [Fact]
    public void Columns_of_several_types_are_inputs_of_their_own()
    {
        using NeuralNetworkTransformer model = ml.Regression.NeuralNetwork(new()
        {
            FeatureColumns = ["Area", "Rooms", "IsNew", "Place", "Sizes"],
            ColumnOptions = new Dictionary<string, ColumnOptions> { ["Place"] = new() { IsCategory = true } },
            LabelColumn = "Rent",
            HiddenUnits = [6],
            Epochs = 4,
            Seed = 2,
        }).Fit(Rows);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(model, Rows, stream);
        using OnnxSession session = OnnxSession.Load(stream.ToArray());
        Assert.Equal(["Area", "Sizes", "Place", "Rooms", "IsNew"], session.Inputs.Select(input => input.Name));
        Near(model.Transform(Rows).GetColumn<float>("Score"), session.Run(InputsOf(session)).Single());
    }

    [Fact]
    public void A_binary_classifier_has_its_probability_and_label()
    {
        using var model = ml.BinaryClassification.NeuralNetwork(new() { FeatureColumns = ["Area", "Sizes"], LabelColumn = "IsNew", HiddenUnits = [6], Epochs = 4, Seed = 2 }).Fit(Rows);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(model, Rows, 21, stream);
        Assert.Equal(21, OnnxSummary.Of(stream.ToArray()).OperatorSets["ai.onnx"]);
        using OnnxSession session = OnnxSession.Load(stream.ToArray());
        Assert.Equal(["Score.output", "Probability.output", "PredictedLabel.output"], session.Outputs.Select(output => output.Name));
        IReadOnlyList<Value> found = session.Run(InputsOf(session));
        IDataView scored = model.Transform(Rows);
        Near(scored.GetColumn<float>("Score"), found[0]);
        Near(scored.GetColumn<float>("Probability"), found[1]);
        Assert.Equal(scored.GetColumn<bool>("PredictedLabel"), found[2].ToArray<bool>());
    }

    /// <summary>Several labels, keys as features and numbers that are missing, from a pipeline that was saved and loaded.</summary>
    [Fact]
    public void A_loaded_pipeline_of_several_labels_is_one_file()
    {
        var model = ml.Transforms.Conversion.MapValueToKey("PlaceKey", nameof(Flat.Place)).Append(ml.Transforms.Conversion.MapValueToKey("KindKey", nameof(Flat.Kind)))
            .Append(ml.MultiTaskNeuralNetwork(
                [NetworkTask.Regression("Rent"), NetworkTask.Multiclass("KindKey") with { Name = "Kind" }, NetworkTask.Binary("IsNew")],
                new() { FeatureColumns = ["Area", "PlaceKey", "Sizes"], HiddenUnits = [6], Epochs = 3, Seed = 2, MissingFeatures = MissingFeatures.Impute })).Fit(Rows);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "flats.zip");
        ml.Model.Save(model, Rows.Schema, path);
        model.LastTransformer.Dispose();
        ITransformer loaded = ml.LoadBatched(path, out _);
        string file = Path.Combine(folder.Path, "flats.onnx");
        using (FileStream stream = File.Create(file))
            ml.Model.ConvertToOnnx(loaded, Rows, stream);
        using OnnxSession session = OnnxSession.Load(file);
        Assert.Equal(["Area", "Sizes", "Place"], session.Inputs.Select(input => input.Name));
        string[] columns = [.. session.Outputs.Select(output => output.Name.Replace(".output", "", StringComparison.Ordinal))];
        Assert.Equal(["IsNewPredictedLabel", "IsNewProbability", "IsNewScore", "KindPredictedLabel", "KindScore", "RentScore"], columns.Order(StringComparer.Ordinal));
        Flat[] rows = [.. Flats, new Flat { Area = float.NaN, Sizes = [1, float.NaN], Place = "nowhere" }];
        IDataView scored = loaded.Transform(ml.Data.LoadFromEnumerable(rows));
        IReadOnlyList<Value> found = session.Run(InputsOf(session, rows));
        Near(scored.GetColumn<float>("RentScore"), found[Array.IndexOf(columns, "RentScore")]);
        Near(scored.GetColumn<float[]>("KindScore").SelectMany(row => row), found[Array.IndexOf(columns, "KindScore")]);
        Assert.Equal(scored.GetColumn<uint>("KindPredictedLabel"), found[Array.IndexOf(columns, "KindPredictedLabel")].ToArray<uint>());
        Near(scored.GetColumn<float>("IsNewProbability"), found[Array.IndexOf(columns, "IsNewProbability")]);
        Assert.Equal(scored.GetColumn<bool>("IsNewPredictedLabel"), found[Array.IndexOf(columns, "IsNewPredictedLabel")].ToArray<bool>());
    }

    /// <summary>Two outputs of two networks, the second of which reads what the first has found; and a model of a file.</summary>
    [Fact]
    public void Networks_stand_behind_each_other_and_outputs_are_chosen()
    {
        var first = ml.Regression.NeuralNetwork(new() { FeatureColumns = ["Area", "Sizes"], LabelColumn = "Rent", HiddenUnits = [4], Epochs = 2, Seed = 2 });
        var second = ml.Regression.NeuralNetwork(new() { FeatureColumns = ["First", "Area"], LabelColumn = "Rent", HiddenUnits = [4], Epochs = 2, Seed = 3 });
        var model = first.Append(ml.Transforms.CopyColumns("First", "Score")).Append(second).Fit(Rows);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(model, Rows, stream, "Score", "First", "Place");
        using OnnxSession session = OnnxSession.Load(stream.ToArray());
        Assert.Equal(["Score.output", "First.output", "Place.output"], session.Outputs.Select(output => output.Name));
        IReadOnlyList<Value> found = session.Run(InputsOf(session));
        IDataView scored = model.Transform(Rows);
        Near(scored.GetColumn<float>("Score"), found[0]);
        Near(scored.GetColumn<float>("First"), found[1]);
        Assert.Equal(Flats.Select(flat => flat.Place), found[2].Texts.ToArray());

        stream.SetLength(0);
        ml.Model.ConvertToOnnx(model, Rows, stream);
        using OnnxSession whole = OnnxSession.Load(stream.ToArray());
        Assert.Equal(["Score.output", "First.output"], whole.Outputs.Select(output => output.Name).OrderDescending());
        byte[] bytes = stream.ToArray();
        stream.SetLength(0);
        using BatchOnnxTransformer loaded = ml.ScoreOnnx(bytes, new() { SelectedOutputs = ["Score.output"], Outputs = new Dictionary<string, string> { ["Score.output"] = "Rent" } }).Fit(Rows);
        ml.Model.ConvertToOnnx(loaded, Rows, stream);
        using OnnxSession again = OnnxSession.Load(stream.ToArray());
        Assert.Equal(["Rent.output"], again.Outputs.Select(output => output.Name));
        Near(scored.GetColumn<float>("Score"), again.Run(InputsOf(again)).Single());
    }

    [Fact]
    public void What_cannot_be_written_is_named_with_its_transformer_where_it_is_needed()
    {
        IEstimator<ITransformer> half = ml.Transforms.CustomMapping<Part, Half>((flat, result) => result.Part = flat.Area / 2, null);
        var needed = half.Append(ml.Regression.NeuralNetwork(new() { FeatureColumns = ["Part"], LabelColumn = "Rent", HiddenUnits = [4], Epochs = 1, Seed = 2 })).Fit(Rows);
        using var stream = new MemoryStream();
        string message = Assert.Throws<ScoringException>(() => ml.Model.ConvertToOnnx(needed, Rows, stream)).Message;
        Assert.Contains("\"Part\"", message, StringComparison.Ordinal);
        Assert.Contains("CustomMappingTransformer", message, StringComparison.Ordinal);
        Assert.Contains("Let the application make the column", message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);

        // What only a label is made with is not needed.
        var unneeded = half.Append(ml.Regression.NeuralNetwork(new() { FeatureColumns = ["Area"], LabelColumn = "Part", HiddenUnits = [4], Epochs = 1, Seed = 2 })).Fit(Rows);
        ml.Model.ConvertToOnnx(unneeded, Rows, stream);
        using OnnxSession session = OnnxSession.Load(stream.ToArray());
        Near(unneeded.Transform(Rows).GetColumn<float>("Score"), session.Run(InputsOf(session)).Single());

        var behind = ml.Regression.NeuralNetwork(new() { FeatureColumns = ["Area"], LabelColumn = "Rent", HiddenUnits = [4], Epochs = 1, Seed = 2 }).Append(half).Fit(Rows);
        Assert.Contains("outputColumns", Assert.Throws<ScoringException>(() => ml.Model.ConvertToOnnx(behind, Rows, stream)).Message, StringComparison.Ordinal);
        stream.SetLength(0);
        ml.Model.ConvertToOnnx(behind, Rows, stream, "Score");
        Assert.Equal(["Score.output"], OnnxSummary.Of(stream.ToArray()).Outputs.Select(output => output.Name));
        Assert.Contains("\"Scores\"", Assert.Throws<ScoringException>(() => ml.Model.ConvertToOnnx(behind, Rows, stream, "Scores")).Message, StringComparison.Ordinal);
        Assert.Contains("\"Sold\"", Assert.Throws<ScoringException>(() => ml.Model.ConvertToOnnx(behind, Rows, stream, "Sold")).Message, StringComparison.Ordinal);
    }

    /// <summary>Without a network the file is ML.NET's own.</summary>
    [Fact]
    public void A_pipeline_without_a_network_is_written_by_ML_NET()
    {
        IDataView data = ml.Data.LoadFromEnumerable(Flats.Select(flat => new Part { Area = flat.Area }));
        var model = ml.Transforms.NormalizeMinMax("Scaled", "Area").Append(ml.Transforms.NormalizeMeanVariance("Scaled")).Fit(data);
        using var own = new MemoryStream();
        using var theirs = new MemoryStream();
        ml.Model.ConvertToOnnx(model, data, own);
        OnnxExportExtensions.ConvertToOnnx(ml.Model, model, data, theirs);
        Assert.Equal(theirs.ToArray(), own.ToArray());
        Assert.StartsWith("ML.NET", OnnxSummary.Of(own.ToArray()).Producer, StringComparison.Ordinal);
    }

    /// <summary>In a program with the usual usings the call of a chain, a transformer or anything else with a file or a memory stream is the toolkit's. One of an ITransformer with a Stream is ML.NET's, which no method of the same name can outdo.</summary>
    [Fact]
    public async Task The_static_types_decide_who_writes()
    {
        const string Program = """
            using Microsoft.ML;
            using Microsoft.ML.Data;
            using Toolkit.MLNetIntegration;
            using Toolkit.MLNetIntegration.Training;
            using Toolkit.OnnxExport.Checking;

            var ml = new MLContext(seed: 1);
            IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 50).Select(i => new Flat { Area = i, Rent = 3 * i }));
            var pipeline = ml.Transforms.NormalizeMinMax("Scaled", "Area").Append(ml.Regression.NeuralNetwork(new NeuralNetworkOptions { FeatureColumns = ["Scaled"], LabelColumn = "Rent", Epochs = 1 }));
            var model = pipeline.Fit(data);
            ITransformer any = model;
            using var memory = new MemoryStream();
            Stream stream = memory;
            Write("chain", () => ml.Model.ConvertToOnnx(model, data, stream));
            Write("chain, file", () => { using var file = File.Create("model.onnx"); ml.Model.ConvertToOnnx(model, data, file); file.Position = 0; file.CopyTo(memory); });
            Write("network", () => ml.Model.ConvertToOnnx(model.LastTransformer, model.Transform(data), stream));
            Write("others", () => ml.Model.ConvertToOnnx(new TransformerChain<ITransformer>([any]), data, stream));
            Write("operator set", () => ml.Model.ConvertToOnnx(model, data, 17, stream));
            Write("outputs", () => ml.Model.ConvertToOnnx(model, data, stream, "Score"));
            Write("any", () => ml.Model.ConvertToOnnx(any, data, memory));
            Write("any, operator set", () => ml.Model.ConvertToOnnx(any, data, 17, memory));
            Write("any, outputs", () => ml.Model.ConvertToOnnx(any, data, memory, "Score"));
            Write("any, stream", () => ml.Model.ConvertToOnnx(any, data, stream));
            Write("any, stream, by class", () => OnnxConversionCatalog.ConvertToOnnx(ml.Model, any, data, stream));

            void Write(string what, Action write)
            {
                memory.SetLength(0);
                write();
                Console.WriteLine($"{what}: {OnnxSummary.Of(memory.ToArray()).Producer.Split(' ')[0]}");
            }

            internal sealed class Flat
            {
                public float Area { get; set; }
                public float Rent { get; set; }
            }
            """;
        using var folder = new TemporaryFolder();
        string written = await PageProgram.RunAsync(Program, folder.Path, TestContext.Current.CancellationToken);
        string[] lines = written.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("any, stream: ML.NET", Assert.Single(lines, line => !line.EndsWith(": Toolkit", StringComparison.Ordinal)));
        Assert.Equal(11, lines.Length);
    }

    private static void Near(IEnumerable<float> expected, Value found) => Assert.All(expected.Zip(found.ToArray<float>(), (e, f) => (e, f)).ToArray(), pair => Assert.Equal(pair.e, pair.f, 1e-4 * Math.Max(1, Math.Abs(pair.e))));

    private static Value[] InputsOf(OnnxSession session) => InputsOf(session, Flats);

    private static Value[] InputsOf(OnnxSession session, Flat[] rows) => [.. session.Inputs.Select(input => input.Name switch
    {
        nameof(Flat.Area) => Value.Of([.. rows.Select(flat => flat.Area)], rows.Length, 1),
        nameof(Flat.Sizes) => Value.Of([.. rows.SelectMany(flat => flat.Sizes)], rows.Length, 2),
        nameof(Flat.Place) => Value.Of([.. rows.Select(flat => flat.Place)], rows.Length, 1),
        nameof(Flat.Rooms) => Value.Of([.. rows.Select(flat => flat.Rooms)], rows.Length, 1),
        nameof(Flat.IsNew) => Value.Of([.. rows.Select(flat => flat.IsNew)], rows.Length, 1),
        _ => throw new InvalidOperationException(input.Name),
    })];

    private sealed class Flat
    {
        public float Area { get; set; }

        [VectorType(2)]
        public float[] Sizes { get; set; } = [];

        public string Place { get; set; } = "";

        public int Rooms { get; set; }

        public bool IsNew { get; set; }

        public float Rent { get; set; }

        public string Kind { get; set; } = "";

        public DateTime Sold { get; set; }
    }

    private sealed class Part
    {
        public float Area { get; set; }
    }

    private sealed class Half
    {
        public float Part { get; set; }
    }
}
