using Google.Protobuf;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

/// <summary>What is thrown for a model that is not valid, by each way to give one.</summary>
public sealed class RefusedModelTests
{
    private static readonly string NoGraph = $"{Environment.NewLine}  Error (Model): Expected a graph, found none.";

    private static byte[] Graphless => new ModelProto { IrVersion = 8, OpsetImport = { WholeProblems.Set("", 17) } }.ToByteArray();

    [Theory]
    [InlineData(1, "")]
    [InlineData(20, "")]
    [InlineData(21, "1")]
    [InlineData(25, "5")]
    public void Twenty_errors_are_told(int count, string more)
    {
        ModelProblem[] problems = [.. Enumerable.Range(0, count).SelectMany(i => (ModelProblem[])[
            new(CheckRule.Graph, $"w{i}", "Unwise.", ProblemSeverity.Warning),
            new(CheckRule.Graph, $"e{i}", "Expected.")])];
        var failure = new InvalidOnnxModelException("m.onnx", problems);
        Assert.Equal(problems, failure.Problems);
        Assert.Equal(
            [
                $"Expected a valid ONNX model, found {count} error(s) in m.onnx:",
                .. Enumerable.Range(0, Math.Min(20, count)).Select(i => $"  Error (Graph) at e{i}: Expected."),
                .. more.Length > 0 ? [$"  and {more} more"] : Array.Empty<string>(),
            ],
            failure.Message.Split(Environment.NewLine));
    }

    [Fact]
    public void Models_in_memory_have_no_name_of_their_own()
    {
        Refused($"the model:{NoGraph}", () => ModelCheck.Require(Graphless));
        Refused($"the model:{NoGraph}", () => ModelCheck.Parse(Graphless));
        Refused($"m.onnx:{NoGraph}", () => ModelCheck.Read(Graphless, "m.onnx"));
        var unsorted = new ModelProto { IrVersion = 14, OpsetImport = { WholeProblems.Set("", 17) }, Graph = new GraphProto { Name = "g" } };
        string problem = $"{Environment.NewLine}  Error (Model) at ir_version: Expected a version of the format from 1 to 13, found 14.";
        Refused($"the model \"g\":{problem}", () => ModelCheck.Require(unsorted));
        Assert.Equal(unsorted, ModelCheck.Parse(unsorted.ToByteArray()));
        ModelProto good = GoodModel.Create();
        Assert.Equal(good, ModelCheck.Read(good.ToByteArray(), "good"));
    }

    [Fact]
    public void Files_have_their_names()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        File.WriteAllBytes(path, Graphless);
        Refused($"m.onnx:{NoGraph}", () => ModelCheck.Require(path));
        Refused($"m.onnx:{NoGraph}", () => ModelCheck.RequireFile(path));
        byte[] good = GoodModel.Create().ToByteArray();
        File.WriteAllBytes(path, good);
        ModelCheck.Require(path);
        Assert.Equal(good, ModelCheck.RequireFile(path));
    }

    [Fact]
    public void Warnings_are_accepted()
    {
        ModelProto model = GoodModel.Create();
        model.Graph.Node[1].Name = "matmul";
        byte[] bytes = model.ToByteArray();
        Assert.Equal(ProblemSeverity.Warning, Assert.Single(ModelCheck.Check(bytes)).Severity);
        ModelCheck.Require(bytes);
        Assert.Equal(model, ModelCheck.Read(bytes, "m.onnx"));
    }

    [Fact]
    public void Bytes_that_are_no_model_are_refused_with_the_reason()
    {
        byte[] bytes = [0xFF, 0xFF, 0xFF];
        string reason = $"Expected the bytes of an ONNX model: {Assert.Throws<InvalidProtocolBufferException>(() => ModelProto.Parser.ParseFrom(bytes)).Message}";
        Assert.Equal([new ModelProblem(CheckRule.Model, "", reason)], ModelCheck.Check(bytes));
        Refused($"m.onnx:{Environment.NewLine}  Error (Model): {reason}", () => ModelCheck.Read(bytes, "m.onnx"));
    }

    [Fact]
    public void A_device_is_refused_by_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the files of Linux.");
        Assert.Equal(
            "Expected an ONNX model at \"/dev/null\", found a pipe, a socket or a device.",
            Assert.Throws<IOException>(() => ModelCheck.Check("/dev/null")).Message);
    }

    private static void Refused(string end, Action check) =>
        Assert.Equal($"Expected a valid ONNX model, found 1 error(s) in {end}", Assert.Throws<InvalidOnnxModelException>(check).Message);
}
