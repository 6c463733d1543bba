using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Tests;

/// <summary>Images in IDX files.</summary>
public sealed class ImageCommandTests : IDisposable
{
    private const int Side = 8;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Images_are_trained_scored_and_measured()
    {
        string data = Made(), model = folder.File("model.onnx");
        JsonObject report = await ToolRun.JsonOfAsync("train", data, "--out", model, "--epochs", "4", "--batch", "20", "--hidden", "8", "--learning-rate", "0.01");
        Assert.Equal(("1 × 8 × 8", 3, 270, 30, 60), ((string?)report["images"], (int)report["classes"]!, (int)report["trainingImages"]!, (int)report["validationImages"]!, (int)report["testRows"]!));
        (byte[] pixels, byte[] labels) = Pictures(60, seed: 2);
        using OnnxSession session = OnnxSession.Load(model);
        Value expected = session.Run(Value.Of([.. pixels.Select(pixel => pixel / 255f)], 60, 1, Side, Side))[0];
        int right = Enumerable.Range(0, 60).Count(i => Enumerable.Range(0, 3).MaxBy(c => expected[(3 * i) + c]) == labels[i]);
        Assert.InRange(right, 40, 60);
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(1, Enumerable.Range(0, 3).Sum(c => expected[(3 * i) + c]), 1e-5));
        Assert.Equal(right / 60.0, (double)report["testAccuracy"]!, 1e-12);
        Assert.Equal(right / 60.0, (double)(await ToolRun.JsonOfAsync("evaluate", data, "--model", model))["accuracy"]!, 1e-12);
        string images = Path.Combine(data, "t10k-images.idx3-ubyte");
        JsonObject single = await ToolRun.JsonOfAsync("evaluate", images, "--model", model, "--labels", Path.Combine(data, "t10k-labels.idx1-ubyte"));
        Assert.Equal(right / 60.0, (double)single["accuracy"]!, 1e-12);
        await ToolRun.JsonOfAsync("score", images, "--model", model, "--out", folder.File("scores.csv"));
        string[] lines = await File.ReadAllLinesAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("prediction,probability_0,probability_1,probability_2", lines[0]);
        Assert.Equal(
            Enumerable.Range(0, 180).Select(i => (float)expected[i]), lines[1..].SelectMany(line => line.Split(',')[1..]).Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_model_that_takes_bytes_gets_them_as_they_are()
    {
        var random = new RandomSource(4);
        var network = new Sequential(new Flatten(), new Dense(Side * Side, 3, random));
        string images = Path.Combine(Made(), "t10k-images.idx3-ubyte"), numbers = folder.File("numbers.onnx"), bytes = folder.File("bytes.onnx");
        new Sequential(network) { InputShape = [1, Side, Side] }.ExportOnnx(numbers);
        new Sequential(new Rescaling(), network) { InputFields = [new Field("input", DType.UInt8, [1, Side, Side])] }.ExportOnnx(bytes);
        await ToolRun.JsonOfAsync("score", images, "--model", numbers, "--out", folder.File("numbers.csv"));
        await ToolRun.JsonOfAsync("score", images, "--model", bytes, "--out", folder.File("bytes.csv"));
        string[] expected = await File.ReadAllLinesAsync(folder.File("numbers.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(61, expected.Distinct().Count());
        Assert.Equal(expected, await File.ReadAllLinesAsync(folder.File("bytes.csv"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("-1")]
    [InlineData("256")]
    public async Task A_number_that_an_input_of_bytes_cannot_hold_is_refused(string cell)
    {
        string model = folder.File("bytes.onnx");
        new Sequential(new Rescaling(), new Dense(2, 3, new RandomSource(4))) { InputFields = [new Field("input", DType.UInt8, [2])] }.ExportOnnx(model);
        await File.WriteAllTextAsync(folder.File("table.csv"), $"a,b\n1,2\n3,{cell}\n", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.OfAsync("score", folder.File("table.csv"), "--model", model, "--out", folder.File("scores.csv"));
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains($"found {cell} as number 2 of a row", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("scores.csv")));
    }

    [Fact]
    public async Task What_goes_with_tables_alone_is_refused()
    {
        string data = Made(), model = folder.File("model.onnx");
        ToolRun label = await ToolRun.OfAsync("train", data, "--label", "kind", "--out", model);
        Assert.Contains("Expected --label with a table", label.Error, StringComparison.Ordinal);
        await ToolRun.JsonOfAsync("train", data, "--out", model, "--epochs", "1", "--hidden", "4");
        await File.WriteAllTextAsync(folder.File("table.csv"), "a,b\n1,2\n", TestContext.Current.CancellationToken);
        ToolRun table = await ToolRun.OfAsync("score", folder.File("table.csv"), "--model", model, "--out", folder.File("scores.csv"));
        Assert.Contains("Expected images, which the model was trained on", table.Error, StringComparison.Ordinal);
        ToolRun unlabelled = await ToolRun.OfAsync("evaluate", Path.Combine(data, "t10k-images.idx3-ubyte"), "--model", model);
        Assert.Contains("as --labels, found none", unlabelled.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(data, "train-labels-idx1-ubyte"));
        ToolRun empty = await ToolRun.OfAsync("train", data, "--out", folder.File("other.onnx"));
        Assert.Contains("has no file 'train-labels-idx…-ubyte'", empty.Error, StringComparison.Ordinal);
        Assert.All(new[] { label, table, unlabelled, empty }, run => Assert.Equal(CommandLine.Failed, run.Code));
        ToolRun folderless = await ToolRun.OfAsync("train", data, "--out", folder.File("none/model.onnx"));
        Assert.Contains("does not exist", folderless.Error, StringComparison.Ordinal);
    }

    private string Made()
    {
        string data = Directory.CreateDirectory(folder.File("images")).FullName;
        (byte[] pixels, byte[] labels) = Pictures(300, seed: 1);
        (byte[] testPixels, byte[] testLabels) = Pictures(60, seed: 2);
        using (var packed = new GZipStream(File.Create(Path.Combine(data, "train-images-idx3-ubyte.gz")), CompressionLevel.Fastest))
            packed.Write([0, 0, 8, 3, .. Sizes(300, Side, Side), .. pixels]);
        File.WriteAllBytes(Path.Combine(data, "train-labels-idx1-ubyte"), [0, 0, 8, 1, .. Sizes(300), .. labels]);
        File.WriteAllBytes(Path.Combine(data, "t10k-images.idx3-ubyte"), [0, 0, 8, 3, .. Sizes(60, Side, Side), .. testPixels]);
        File.WriteAllBytes(Path.Combine(data, "t10k-labels.idx1-ubyte"), [0, 0, 8, 1, .. Sizes(60), .. testLabels]);
        return data;
    }

    private static IEnumerable<byte> Sizes(params int[] sizes) => sizes.SelectMany(size => BitConverter.GetBytes(size).Reverse());

    /// <summary>Noise with a bright square in one of three corners, which is the class.</summary>
    private static (byte[] Pixels, byte[] Labels) Pictures(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        byte[] labels = [.. Enumerable.Range(0, count).Select(_ => (byte)random.NextInt32(3))];
        return ([.. labels.SelectMany(label => Enumerable.Range(0, Side * Side).Select(pixel =>
        {
            bool bright = pixel / Side / 4 == label / 2 && pixel % Side / 4 == label % 2;
            return (byte)((bright ? 120 : 0) + random.NextInt32(130));
        }))], labels);
    }
}
