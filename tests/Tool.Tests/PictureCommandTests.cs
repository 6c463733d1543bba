using System.Globalization;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Tests.Imaging;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Tests;

/// <summary>Folders of pictures, with a folder for each class.</summary>
public sealed class PictureCommandTests : IDisposable
{
    private const int Side = 8;
    private static readonly string[] Names = ["blue", "green", "red"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Pictures_are_trained_scored_and_measured()
    {
        string data = Made("colors", each: 30, seed: 1), other = Made("others", each: 6, seed: 2), model = folder.File("model.onnx"), scores = folder.File("scores.csv");
        JsonObject report = await ToolRun.JsonOfAsync(
            "train", data, "--out", model, "--size", "8", "--test", other, "--epochs", "6", "--batch", "10", "--hidden", "8", "--learning-rate", "0.01");
        Assert.Equal(
            ("3 × 8 × 8", 3, 81, 9, 18),
            ((string?)report["images"], (int)report["classes"]!, (int)report["trainingImages"]!, (int)report["validationImages"]!, (int)report["testRows"]!));
        Assert.Equal(1, (double)report["testAccuracy"]!);
        Assert.Equal(1, (double)(await ToolRun.JsonOfAsync("evaluate", other, "--model", model))["accuracy"]!);
        await ToolRun.JsonOfAsync("score", other, "--model", model, "--out", scores);
        string[] lines = await File.ReadAllLinesAsync(scores, TestContext.Current.CancellationToken);
        Assert.Equal("file,prediction,probability_blue,probability_green,probability_red", lines[0]);
        Assert.Equal(["blue/0.png", "blue/1.png"], lines[1..3].Select(line => line.Split(',')[0]));
        Assert.All(lines[1..], line => Assert.StartsWith(line.Split(',')[1] + "/", line, StringComparison.Ordinal));
        using OnnxSession session = OnnxSession.Load(model);
        byte[] pixels = Colored(0, new RandomSource(2));
        Value expected = session.Run(Value.Of([.. Enumerable.Range(0, 3).SelectMany(channel => Enumerable.Range(0, Side * Side).Select(pixel => pixels[(3 * pixel) + channel] / 255f))], 1, 3, Side, Side))[0];
        Assert.Equal(
            Enumerable.Range(0, 3).Select(c => (float)expected[c]), lines[1].Split(',')[2..].Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)), (a, b) => MathF.Abs(a - b) < 1e-6f);
        await ToolRun.JsonOfAsync("score", Path.Combine(other, "red", "3.png"), "--model", model, "--out", scores);
        Assert.StartsWith("3.png,red,", (await File.ReadAllLinesAsync(scores, TestContext.Current.CancellationToken))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_reads_pictures_as_it_was_trained()
    {
        string data = Made("colors", each: 4, seed: 1), model = folder.File("model.onnx");
        JsonObject report = await ToolRun.JsonOfAsync(
            "train", data, "--out", model, "--size", "5", "--gray", "--stretch", "--epochs", "1", "--hidden", "2", "--test-share", "0", "--validation-share", "0");
        Assert.Equal(("1 × 5 × 5", 12, 0), ((string?)report["images"], (int)report["trainingImages"]!, (int)report["validationImages"]!));
        Assert.Null(report["testRows"]);
        Assert.Equal(12, (int)(await ToolRun.JsonOfAsync("evaluate", data, "--model", model))["rows"]!);
        using OnnxSession session = OnnxSession.Load(model);
        JsonObject known = JsonNode.Parse(session.Metadata["toolkit.data"])!.AsObject();
        Assert.Equal("""{"height":5,"width":5,"gray":true,"stretched":true}""", known["pictures"]!.ToJsonString());
        Assert.Equal(Names, known["classes"]!.AsArray().Select(name => (string?)name));
    }

    [Fact]
    public async Task What_is_no_folder_of_classes_is_refused()
    {
        string data = Made("colors", each: 2, seed: 1), model = SmallFiles.Classifier(folder), trained = folder.File("trained.onnx");
        await ToolRun.JsonOfAsync("train", data, "--out", trained, "--size", "4", "--epochs", "1", "--hidden", "2", "--test-share", "0", "--validation-share", "0");
        Directory.Move(Path.Combine(data, "red"), Path.Combine(data, "rot"));
        (string[] Command, string Expected)[] wrong =
        [
            (["train", data, "--label", "kind"], "Expected --label with a table"),
            (["train", folder.Path], "found a file beside the folders"),
            (["score", data, "--model", model], "Expected a model that the tool has trained on a folder of pictures"),
            (["evaluate", data, "--model", trained], "expected folders named after the classes blue, green, red"),
            (["score", Directory.CreateDirectory(folder.File("none")).FullName, "--model", trained], "expected pictures in the folder, found none"),
        ];
        foreach ((string[] command, string expected) in wrong)
        {
            ToolRun run = await ToolRun.OfAsync(command);
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
            Assert.Equal(CommandLine.Failed, run.Code);
        }
    }

    private string Made(string name, int each, ulong seed)
    {
        var random = new RandomSource(seed);
        for (int c = 0; c < Names.Length; c++)
        {
            string inner = Directory.CreateDirectory(folder.File(Path.Combine(name, Names[c]))).FullName;
            for (int i = 0; i < each; i++)
                File.WriteAllBytes(Path.Combine(inner, $"{i}.png"), PngFile.Of(Side, Side, 3, Colored(c, random)));
        }

        return folder.File(name);
    }

    /// <summary>Noise in which the last channel is bright for the first class, the middle one for the second, and the first one for the third.</summary>
    private static byte[] Colored(int c, RandomSource random) =>
        [.. Enumerable.Range(0, Side * Side * 3).Select(i => (byte)((i % 3 == 2 - c ? 120 : 0) + random.NextInt32(130)))];
}
