using System.Text.Json.Nodes;

namespace Toolkit.Tool.Tests;

/// <summary>A command that has been run within this process.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote as its result.</param>
/// <param name="Error">What it wrote beside it.</param>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    public static async Task<ToolRun> OfAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.RunAsync(args, output, error);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The result of a command that must succeed.</summary>
    public static async Task<JsonObject> JsonOfAsync(params string[] args)
    {
        ToolRun run = await OfAsync([.. args, "--json"]);
        Assert.True(run.Code == 0, run.Error);
        return run.Json;
    }
}
