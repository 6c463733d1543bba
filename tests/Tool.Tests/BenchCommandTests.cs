using System.Text.Json.Nodes;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.Tool.Benchmarks;

namespace Toolkit.Tool.Tests;

/// <summary>Both engines are timed on the same numbers.</summary>
public sealed class BenchCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Both_engines_are_timed_and_compared()
    {
        JsonObject report = await ToolRun.JsonOfAsync("bench", SmallFiles.Classifier(folder), "--rows", "5", "--seconds", "0.05", "--threads", "1");
        Assert.Equal((5, 1), ((int)report["rowsOfABatch"]!, (int)report["threads"]!));
        Assert.Equal((double)report["rowsPerSecond"]! / (double)report["rowsPerSecondOfOnnxRuntime"]!, (double)report["ratio"]!, 1e-9);
        Assert.True((double)report["rowsPerSecond"]! > 0);
        Assert.InRange((double)report["largestDifference"]!, 0, 1e-5);
    }

    /// <summary>The median does not see a round that was disturbed: of 9 rounds of each, in turns.</summary>
    [Fact]
    public void Programs_take_turns()
    {
        var turns = new List<char>();
        (double first, double second) = Alternation.Rates(() => turns.Add('a'), () => turns.Add('b'), 1e-9, CancellationToken.None);
        Assert.Equal(string.Concat(Enumerable.Repeat("ab", 9)), new string([.. turns.Where((turn, i) => i == 0 || turns[i - 1] != turn)]));
        Assert.True(first > 0 && second > 0);
    }

    [Fact]
    public async Task A_size_that_is_open_must_be_given()
    {
        string path = folder.File("sequence.onnx");
        var model = new Sequential(new Lstm(2, 3, new RandomSource(1)) { LastOnly = true }) { InputShape = ["time", 2] };
        model.ExportOnnx(path);
        ToolRun open = await ToolRun.OfAsync("bench", path, "--seconds", "0.01");
        Assert.Equal(CommandLine.Failed, open.Code);
        Assert.Contains("--size time=NUMBER", open.Error, StringComparison.Ordinal);
        ToolRun wrong = await ToolRun.OfAsync("bench", path, "--size", "time");
        Assert.Contains("Expected a size as --size NAME=NUMBER, found \"time\".", wrong.Error, StringComparison.Ordinal);
    }
}
