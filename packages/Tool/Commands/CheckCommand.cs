using System.CommandLine;
using System.Text.Json.Nodes;
using Toolkit.OnnxExport.Checking;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Commands;

/// <summary>Checks an .onnx file against the rules of the format.</summary>
internal sealed class CheckCommand : ToolCommand
{
    private readonly Argument<string> model = new("model") { Description = "The .onnx file, of any program; its external data lie beside it." };

    public CheckCommand()
        : base("check", "Checks an .onnx file against the rules of the format; nothing is run. The exit code is 1 if there are errors, 0 if there are warnings at most.") => Add(model);

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(model);
        IReadOnlyList<ModelProblem> problems = ModelCheck.Check(path);
        int errors = problems.Count(problem => problem.Severity == ProblemSeverity.Error);
        return new Report(new JsonObject
        {
            ["file"] = path,
            ["valid"] = errors == 0,
            ["errors"] = errors,
            ["warnings"] = problems.Count - errors,
            ["problems"] = Report.Table(problems, problem => new JsonObject
            {
                ["severity"] = problem.Severity.ToString(),
                ["rule"] = problem.Rule.ToString(),
                ["place"] = problem.Location,
                ["message"] = problem.Message,
            }),
        })
        { HasFailed = errors > 0 };
    }
}
