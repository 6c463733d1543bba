using System.CommandLine;
using Toolkit.Autograd.Tensors;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Commands;

/// <summary>A command of the tool: it takes what its arguments and options say and gives a report. What goes wrong with files, data and models is one line and the exit code 1.</summary>
internal abstract class ToolCommand : Command
{
    protected ToolCommand(string name, string description)
        : base(name, description) => SetAction(Execute);

    /// <summary>Does what is asked.</summary>
    /// <param name="arguments">What stands on the command line.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="cancellation">Is asked to end by Ctrl+C.</param>
    protected abstract Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation);

    /// <summary>Makes other values of an option a fault of usage.</summary>
    protected static void Require<T>(Option<T> option, Func<T?, bool> isRight, string expected) => option.Validators.Add(result =>
    {
        if (!isRight(result.GetValueOrDefault<T>()))
            result.AddError($"Expected {expected} for {option.Name}, found {string.Join(' ', result.Tokens.Select(token => token.Value))}.");
    });

    private async Task<int> Execute(ParseResult arguments, CancellationToken cancellation)
    {
        TextWriter output = arguments.InvocationConfiguration.Output, error = arguments.InvocationConfiguration.Error;
        bool quiet = arguments.GetValue<bool>("--quiet"), json = arguments.GetValue<bool>("--json");
        try
        {
            Report report;
            using (var progress = new Progress(error, quiet))
                report = Run(arguments, progress, cancellation);
            if (report.IsShownElsewhere)
                return CommandLine.Succeeded;
            if (json)
                report.WriteJson(output);
            else if (!quiet)
                report.WriteText(output);
            return report.HasFailed ? CommandLine.Failed : CommandLine.Succeeded;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Error: the command was cancelled; no file was left unfinished.");
        }
        catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            await error.WriteLineAsync($"Error: {Text(e)}");
        }

        return CommandLine.Failed;
    }

    /// <summary>The message without the name of a parameter that nobody at a command line has given.</summary>
    private static string Text(Exception e) =>
        e is ArgumentException { ParamName: { } name } ? e.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal) : e.Message;
}
