using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Models whose input are the bytes of pictures: they scale them themselves.</summary>
public sealed class ByteInputTests : IDisposable
{
    private const int Count = 40, Channels = 2, Side = 6, Pixels = Channels * Side * Side;

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, Count * Pixels).Select(i => (byte)((i * 7919) >> (i % 5)))];
    private static readonly Field Pictures = new("input", DType.UInt8, [Channels, Side, Side]);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_of_numbers_takes_bytes_when_it_is_served()
    {
        Sequential numbers = Network(new RandomSource(1)), served = new(new Rescaling(), new Standardization([0.4f, 0.5f], [0.2f, 0.3f]) { PerChannel = true }, numbers) { InputFields = [Pictures] };
        string file = folder.File("bytes.onnx");
        served.ExportOnnx(file);
        float[] scaled = [.. Bytes.Select((pixel, i) => (pixel / 255f) is var x && i / (Side * Side) % Channels == 0 ? (x - 0.4f) / 0.2f : (x - 0.5f) / 0.3f)];
        float[] expected = Scores(numbers, scaled);
        using OnnxSession session = OnnxSession.Load(file);
        Assert.Equal(DType.UInt8, Assert.Single(session.Inputs).Type.DType);
        Near(expected, session.Run(Value.Of(Bytes, Count, Channels, Side, Side))[0].ToArray<float>());
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new Row { Picture = Bytes[(i * Pixels)..((i + 1) * Pixels)] }).ToArray());
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(file, new ScoreOnnxOptions { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["input"] = ["Picture"] } }).Fit(rows);
        Near(expected, [.. transformer.Transform(rows).GetColumn<float[]>("output").SelectMany(scores => scores)]);
    }

    [Fact]
    public void Training_on_bytes_is_training_on_their_numbers_from_0_to_1()
    {
        long[] labels = [.. Enumerable.Range(0, Count).Select(i => (long)(i % 3))];
        Sequential bytes = new(new Rescaling(), Network(new RandomSource(2))), numbers = Network(new RandomSource(2));
        Trained(bytes, Dataset.Of(Column.Of("input", Bytes, Channels, Side, Side), Column.Labels("target", labels, 3)));
        Trained(numbers, Dataset.FromLabels([.. Bytes.Select(pixel => pixel / 255f)], [Channels, Side, Side], labels, 3));
        Assert.All(bytes.Parameters.Zip(numbers.Parameters), pair => Assert.Equal(pair.Second.Value.ToArray<float>(), pair.First.Value.ToArray<float>()));
        Assert.NotEqual(Network(new RandomSource(2)).Parameters[0].Value.ToArray<float>(), numbers.Parameters[0].Value.ToArray<float>());

        // What was trained on bytes takes bytes from then on, in half precision, too.
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(bytes.Inference)), half = OnnxSession.Load(OnnxExporter.Export(bytes.InferenceIn(DType.Float16)));
        float[] expected = Scores(numbers, [.. Bytes.Select(pixel => pixel / 255f)]);
        Near(expected, session.Run(Value.Of(Bytes, Count, Channels, Side, Side))[0].ToArray<float>());
        Near(expected, half.Run(Value.Of(Bytes, Count, Channels, Side, Side))[0].ToArray<float>(), 1e-2);
    }

    private static Sequential Network(RandomSource random) => new(
        new Conv2D(Channels, 4, 3, random) { Activation = Ops.Relu, Name = "conv" }, new Flatten(), new Dense(4 * 4 * 4, 3, random) { Name = "scores" })
    { InputShape = [Channels, Side, Side] };

    private static void Trained(Module model, Dataset data) => new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() }
        .Fit(data, new FitOptions { Epochs = 3, BatchSize = 16 }, TestContext.Current.CancellationToken);

    private static float[] Scores(Module model, float[] pixels) => model.Predict(Dataset.FromTargets(pixels, [Channels, Side, Side], new float[Count], [1])).ToArray<float>();

    private static void Near(float[] expected, float[] found, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    private sealed class Row
    {
        [VectorType(Pixels)]
        public byte[] Picture { get; set; } = [];
    }
}
