using System.Text.Json.Nodes;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Training;

namespace Toolkit.Tool.Tests;

/// <summary>What the commands on .onnx files say and write, against ONNX Runtime and counts by hand.</summary>
public sealed class FileCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static readonly Value Rows = Value.Of([.. Enumerable.Range(0, 20).Select(i => (float)Math.Sin(i))], 5, 4);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Inspect_tells_what_is_in_a_file()
    {
        JsonObject report = await ToolRun.JsonOfAsync("inspect", SmallFiles.Classifier(folder), "--tensors");
        Assert.Equal(67, (int)report["elements"]!);
        Assert.Equal(67, (int)report["learnedNumbers"]!);
        Assert.Equal(4 * 67, (int)report["tensorBytes"]!);
        Assert.True((bool)report["canBeTrained"]!);
        Assert.Equal("a small classifier", (string?)report["description"]);
        Assert.Equal("a test", (string?)report["metadata"]!["author"]);
        Assert.Equal("input: float[batch, 4]", NameAndType(report["inputs"]!));
        Assert.Equal("output: float[batch, 3]", NameAndType(report["outputs"]!));
        Assert.Equal(17, (int)report["operatorSets"]![0]!["version"]!);
        Assert.Equal((int)report["nodes"]!, report["operators"]!.AsArray().Sum(each => (int)each!["nodes"]!));
        Assert.Contains(report["tensorList"]!.AsArray(), tensor => (string?)tensor!["type"] == "float[4, 8]" && (int)tensor["bytes"]! == 128);

        ToolRun text = await ToolRun.OfAsync("inspect", folder.File("classifier.onnx"));
        Assert.Contains("learned numbers  67", text.Output, StringComparison.Ordinal);
        Assert.Contains("  Relu", text.Output, StringComparison.Ordinal);
        Assert.Empty((await ToolRun.OfAsync("inspect", folder.File("classifier.onnx"), "--quiet")).Output);
    }

    [Fact]
    public async Task Inspect_describes_a_file_that_cannot_be_trained_and_says_why()
    {
        byte[] bytes = await File.ReadAllBytesAsync(SmallFiles.Classifier(folder), TestContext.Current.CancellationToken);
        string text = System.Text.Encoding.Latin1.GetString(bytes);
        await File.WriteAllBytesAsync(folder.File("changed.onnx"), System.Text.Encoding.Latin1.GetBytes(text.Replace("\u0004Relu", "\u0004Rely", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        JsonObject report = await ToolRun.JsonOfAsync("inspect", folder.File("changed.onnx"));
        Assert.False((bool)report["canBeTrained"]!);
        Assert.Contains("Rely", (string)report["reason"]!, StringComparison.Ordinal);
        Assert.Equal(67, (int)report["elements"]!);

        ToolRun check = await ToolRun.OfAsync("check", folder.File("changed.onnx"), "--json");
        Assert.Equal(CommandLine.Failed, check.Code);
        Assert.Equal(1, (int)check.Json["errors"]!);
        Assert.Contains("Rely", (string)check.Json["problems"]![0]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_of_a_valid_file_succeeds_and_a_missing_one_is_named()
    {
        JsonObject report = await ToolRun.JsonOfAsync("check", SmallFiles.Classifier(folder));
        Assert.True((bool)report["valid"]!);
        Assert.Equal(0, (int)report["errors"]! + (int)report["warnings"]!);
        foreach (string command in new[] { "check", "inspect" })
        {
            ToolRun missing = await ToolRun.OfAsync(command, folder.File("nothing.onnx"));
            Assert.Equal(CommandLine.Failed, missing.Code);
            Assert.Contains("nothing.onnx", missing.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1e-6, "--opset", "21")]
    [InlineData(1e-6, "--fold")]
    [InlineData(5e-3, "--type", "float16")]
    [InlineData(5e-2, "--type", "bfloat16", "--opset", "18")]
    public async Task A_converted_file_gives_the_same_numbers(double tolerance, params string[] options)
    {
        string model = SmallFiles.Classifier(folder), written = folder.File("converted.onnx");
        JsonObject report = await ToolRun.JsonOfAsync(["convert", model, "--out", written, .. options]);
        Assert.Equal(options.Contains("21") ? 21 : options.Contains("18") ? 18 : 17, (int)report["operatorSet"]!);
        using OnnxSession before = OnnxSession.Load(model);

        // ONNX Runtime has no products of bfloat16 on a CPU.
        Value expected = before.Run(Rows)[0], found = options.Contains("bfloat16") ? Function.Compile(OnnxModel.Load(written).Inference).Run([Rows])[0] : Served(written);
        Assert.All(Enumerable.Range(0, expected.Count), i => Assert.Equal(expected[i], found[i], tolerance));
        Assert.Equal("a test", OnnxModel.Load(written).ExportOptions.Metadata["author"]);
        JsonNode bytes = report["change"]!.AsArray().Single(row => (string?)row!["what"] == "tensorBytes")!;
        Assert.Equal((double)bytes["before"]! / (options.Contains("--type") ? 2 : 1), (double)bytes["after"]!);
    }

    [Fact]
    public async Task Convert_writes_large_tensors_beside_the_model_and_keeps_them_there()
    {
        string model = SmallFiles.Classifier(folder), written = folder.File("beside.onnx"), again = folder.File("again.onnx");
        await ToolRun.JsonOfAsync(["convert", model, "--out", written, "--external-data", "1"]);
        await ToolRun.JsonOfAsync(["convert", written, "--out", again]);
        Assert.True(File.Exists(written + ".data") && File.Exists(again + ".data"));
        Assert.Equal(OnnxModel.Load(model).Parameters.Select(p => Convert.ToHexString(p.Value.Bytes)), OnnxModel.Load(again).Parameters.Select(p => Convert.ToHexString(p.Value.Bytes)));
    }

    [Fact]
    public async Task An_operator_set_that_cannot_be_written_leaves_no_file()
    {
        ToolRun run = await ToolRun.OfAsync("convert", SmallFiles.Classifier(folder), "--out", folder.File("x.onnx"), "--opset", "99");
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains("Expected an operator set from 13 to 21, found 99.", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("x.onnx")));
    }

    /// <summary>A step of steepest descent on the bias of the last layer, whose gradient is the mean of probabilities less labels.</summary>
    [Fact]
    public async Task The_written_step_trains_as_the_formula_says()
    {
        string model = SmallFiles.Classifier(folder), step = folder.File("step.onnx");
        const double Rate = 0.1;
        JsonObject report = await ToolRun.JsonOfAsync("step", model, "--out", step, "--optimizer", "sgd", "--learning-rate", "0.1");
        Assert.Equal(67, (int)report["learnedNumbers"]!);
        long[] labels = [0, 1, 2, 1, 0];
        using OnnxSession session = OnnxSession.Load(model);
        Value logits = session.Run(Rows)[0];
        using OnnxTrainer trainer = OnnxTrainer.Load(step);
        Value before = trainer.ReadParameters()["classes.bias"];
        double[] bias = [before[0], before[1], before[2]];
        double loss = trainer.Step(Rows, Value.Of(labels, 5))["loss"];
        Value after = trainer.ReadParameters()["classes.bias"];

        double expected = 0;
        for (int row = 0; row < 5; row++)
        {
            double[] exponentials = [.. Enumerable.Range(0, 3).Select(c => Math.Exp(logits[(3 * row) + c]))];
            for (int c = 0; c < 3; c++)
                bias[c] -= Rate * ((exponentials[c] / exponentials.Sum()) - (labels[row] == c ? 1 : 0)) / 5;
            expected -= Math.Log(exponentials[labels[row]] / exponentials.Sum()) / 5;
        }

        Assert.Equal(expected, loss, 1e-5);
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(bias[c], after[c], 1e-5));
    }

    [Fact]
    public async Task Frozen_weights_are_not_in_the_state_and_a_folder_gets_three_files()
    {
        JsonObject report = await ToolRun.JsonOfAsync("step", SmallFiles.Classifier(folder), "--out", folder.File("site"), "--optimizer", "sgd", "--freeze", "hidden.*");
        Assert.Equal((8 * 3) + 3, (int)report["learnedNumbers"]!);
        Assert.Equal(["model.onnx", "start.onnx", "step.onnx"], Directory.GetFiles(folder.File("site")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using OnnxSession start = OnnxSession.Load(folder.File("site/start.onnx"));
        Assert.Equal(["classes.bias", "classes.weight", "optimizer.step"], start.Outputs.Select(output => output.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_softmax_before_a_cross_entropy_is_refused_and_can_be_cut_off()
    {
        string model = SmallFiles.Classifier(folder, softmax: true);
        ToolRun refused = await ToolRun.OfAsync("step", model, "--out", folder.File("step.onnx"));
        Assert.Equal(CommandLine.Failed, refused.Code);
        Assert.Contains("--cut", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("step.onnx")));
        ToolRun near = await ToolRun.OfAsync("step", model, "--out", folder.File("step.onnx"), "--cut", "no such value");
        Assert.Contains("found \"no such value\"; near it are", near.Error, StringComparison.Ordinal);
    }

    private static Value Served(string path)
    {
        using OnnxSession session = OnnxSession.Load(path);
        return session.Run(Rows)[0];
    }

    private static string NameAndType(JsonNode table) => $"{(string?)table[0]!["name"]}: {(string?)table[0]!["type"]}";
}
