using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Where models come from, what they leave behind, and whose settings they run with.</summary>
public sealed class SourcesTests : IDisposable
{
    private static readonly MLContext Ml = new(seed: 1);
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_path_bytes_a_stream_and_a_model_in_memory_give_the_same_scores()
    {
        var model = new Sequential(new Dense(3, 8, new RandomSource(1)) { Activation = Ops.Tanh }, new Dense(8, 2, new RandomSource(2)));
        string file = Path.Combine(folder, "model.onnx");
        model.ExportOnnx(file);
        byte[] bytes = File.ReadAllBytes(file);
        using var stream = new MemoryStream(bytes);
        float[][] expected = Scores(Ml.ScoreOnnx(file));
        Assert.Equal(expected, Scores(Ml.ScoreOnnx(bytes)));
        Assert.Equal(expected, Scores(Ml.ScoreOnnx(stream)));
        Assert.True(stream.CanRead);
        Assert.Equal(expected, Scores(Ml.ScoreOnnx(model)));
        FileNotFoundException missing = Assert.Throws<FileNotFoundException>(() => Ml.ScoreOnnx(file + "x"));
        Assert.Contains("model.onnxx", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_file_is_left_by_fitting_scoring_saving_loading_and_disposing()
    {
        // Other tests leave and take files at the same time: those of this model bear its name. Pipes have no length, and links may lead to a device without end.
        string name = $"w{Guid.NewGuid():N}";
        Variable x = Variable.Input("X", DType.Float32, ["batch", 3]);
        byte[] model = OnnxExporter.Export(new Signature([x], [new Output("Score", Ops.MatMul(x, new Parameter(name, Value.Of([0.5f, -1f, 2f], 3, 1))))]));
        string zip = Path.Combine(folder, "model.zip");
        using (BatchOnnxTransformer transformer = Ml.ScoreOnnx(model).Fit(Data()))
        {
            Assert.Equal(100, transformer.Transform(Data()).GetColumn<float>("Score").Count());
            Ml.Model.Save(transformer, Data().Schema, zip);
        }

        ITransformer loaded = Ml.LoadBatched(zip, out _);
        Assert.Equal(100, loaded.Transform(Data()).GetColumn<float>("Score").Count());
        (loaded as IDisposable)?.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        byte[] marker = Encoding.UTF8.GetBytes(name);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.GetTempPath(), "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
                .Where(f => !f.StartsWith(folder, StringComparison.Ordinal) && Length(f) is > 0 and < 100_000),
            f => Content(f).AsSpan().IndexOf(marker) >= 0);
    }

    [Fact]
    public void Each_transformer_has_session_options_of_its_own()
    {
        byte[] model = RawModel.Identity(RawModel.Tensor("X", OnnxExport.Format.TensorProto.Types.DataType.Float, "n", 3));
        var asked = new List<string>();
        string optimized = Path.Combine(folder, "optimized.onnx");
        ScoreOnnxOptions Options(string name) => new()
        {
            Serving = new ServingOptions
            {
                IntraOpThreads = 1,
                Configure = settings =>
                {
                    asked.Add(name);
                    settings.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
                    settings.OptimizedModelFilePath = name == "first" ? optimized : string.Empty;
                },
            },
        };
        using BatchOnnxTransformer first = Ml.ScoreOnnx(model, Options("first")).Fit(Data()), second = Ml.ScoreOnnx(model, Options("second")).Fit(Data());
        Assert.Equal(["first", "second"], asked);
        Assert.True(File.Exists(optimized));
        Assert.Equal(second.Transform(Data()).GetColumn<float[]>("X_out"), first.Transform(Data()).GetColumn<float[]>("X_out"));
    }

    [Fact]
    public void Elements_of_an_output_bear_the_names_of_the_options()
    {
        byte[] model = RawModel.Identity(RawModel.Tensor("X", OnnxExport.Format.TensorProto.Types.DataType.Float, "n", 3));
        IReadOnlyList<string> names = ["low", "middle", "high"];
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(
            model, new ScoreOnnxOptions { SlotNames = new Dictionary<string, IReadOnlyList<string>> { ["X_out"] = names } }).Fit(Data());
        VBuffer<ReadOnlyMemory<char>> slots = default;
        transformer.GetOutputSchema(Data().Schema)["X_out"].GetSlotNames(ref slots);
        Assert.Equal(names, slots.DenseValues().Select(s => s.ToString()));
        ScoringException few = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(
            model, new ScoreOnnxOptions { SlotNames = new Dictionary<string, IReadOnlyList<string>> { ["X_out"] = ["one"] } }).Fit(Data()));
        Assert.Contains("found 1", few.Message, StringComparison.Ordinal);
    }

    private static float[][] Scores(BatchOnnxEstimator estimator)
    {
        using BatchOnnxTransformer transformer = estimator.Fit(Data());
        return [.. transformer.Transform(Data()).GetColumn<float[]>("output")];
    }

    private static IDataView Data() => Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(i => new Row { X = [i, i * 0.5f, -i] }).ToArray());

    private static long Length(string file)
    {
        try
        {
            return new FileInfo(file).Length;
        }
        catch (IOException)
        {
            return long.MaxValue;
        }
    }

    private static byte[] Content(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] X { get; set; } = [];
    }
}
