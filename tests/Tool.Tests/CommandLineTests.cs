namespace Toolkit.Tool.Tests;

/// <summary>What is not understood is said, with what was probably meant, and nothing is done.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("there is no command \"inspcet\"; did you mean inspect?", "inspcet", "model.onnx")]
    [InlineData("there is no command \"paint\".", "paint")]
    [InlineData("there is no option --tensor; did you mean --tensors?", "inspect", "model.onnx", "--tensor")]
    [InlineData("there is no option --jason; did you mean --json?", "check", "--jason", "model.onnx")]
    [InlineData("there is no option --strict.", "check", "--strict")]
    [InlineData("Option '--out' is required.", "convert", "model.onnx")]
    [InlineData("Required argument 'model' missing for command: 'check'.", "check")]
    [InlineData("Argument 'float8' not recognized. Must be one of: 'float32' 'float16' 'bfloat16'", "convert", "model.onnx", "--out", "x.onnx", "--type", "float8")]
    public async Task A_fault_of_usage_is_named_and_the_exit_code_is_two(string fault, params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(args);
        Assert.Equal(CommandLine.Misused, run.Code);
        Assert.Contains($"Error: {fault}", run.Error, StringComparison.Ordinal);
        Assert.Contains("Try: toolkit ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Help_names_every_command_and_the_defaults_of_its_options()
    {
        ToolRun all = await ToolRun.OfAsync();
        Assert.Equal(CommandLine.Succeeded, all.Code);
        foreach (string command in new[] { "train", "score", "evaluate", "inspect", "check", "convert", "step", "bench", "init" })
        {
            Assert.Contains($"  {command} ", all.Output, StringComparison.Ordinal);
            Assert.Equal(CommandLine.Succeeded, (await ToolRun.OfAsync(command, "--help")).Code);
        }

        ToolRun step = await ToolRun.OfAsync("step", "--help");
        Assert.Contains("[default: 0.001]", step.Output, StringComparison.Ordinal);
        Assert.Contains("[default: cross-entropy]", step.Output, StringComparison.Ordinal);
    }
}
