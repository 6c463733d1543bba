using System.CommandLine;
using Toolkit.Tool.Commands;

namespace Toolkit.Tool;

/// <summary>The command line: every command, and what all of them take.</summary>
internal static class CommandLine
{
    /// <summary>The exit code of a command that did what was asked, of one that could not, and of one that was not understood.</summary>
    public const int Succeeded = 0, Failed = 1, Misused = 2;

    /// <summary>Runs a command.</summary>
    /// <param name="args">The words behind the name of the tool.</param>
    /// <param name="output">Takes the result.</param>
    /// <param name="error">Takes errors and progress.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        ParseResult parsed = Root().Parse(args.Count == 0 ? ["--help"] : args);
        string[] faults = [.. UsageFaults.Of(parsed)];
        if (faults.Length == 0)
            return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        foreach (string fault in faults)
            await error.WriteLineAsync($"Error: {fault}");
        await error.WriteLineAsync($"Try: toolkit {(parsed.CommandResult.Command is RootCommand ? string.Empty : $"{parsed.CommandResult.Command.Name} ")}--help");
        return Misused;
    }

    /// <summary>Every command.</summary>
    public static RootCommand Root()
    {
        return new RootCommand("Trains networks on tables and pictures, scores with them, and looks into, checks and converts ONNX files.")
        {
            new Option<bool>("--json") { Description = "Write the result as JSON, with all digits.", Recursive = true },
            new Option<bool>("--quiet", "-q") { Description = "Write errors and what --json asks for, nothing else.", Recursive = true },
            new TrainCommand(),
            new ScoreCommand(),
            new EvaluateCommand(),
            new InspectCommand(),
            new CheckCommand(),
            new ConvertCommand(),
            new StepCommand(),
            new BenchCommand(),
            new InitCommand(),
        };
    }
}
