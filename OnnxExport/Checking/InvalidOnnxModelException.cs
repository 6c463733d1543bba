using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Checking;

/// <summary>An ONNX model breaks the rules of the format; <see cref="Problems"/> tells which and where.</summary>
/// <param name="model">What was checked: a file name or the name of a graph.</param>
/// <param name="problems">What was found.</param>
public sealed class InvalidOnnxModelException(string model, IReadOnlyList<ModelProblem> problems)
    : ToolkitException(Describe(model, problems))
{
    private const int Listed = 20;

    /// <summary>Every problem that was found.</summary>
    public IReadOnlyList<ModelProblem> Problems { get; } = problems;

    private static string Describe(string model, IReadOnlyList<ModelProblem> problems)
    {
        ModelProblem[] errors = [.. problems.Where(p => p.Severity == ProblemSeverity.Error)];
        IEnumerable<string> lines = errors.Take(Listed).Select(e => $"{Environment.NewLine}  {e}");
        string rest = errors.Length > Listed ? $"{Environment.NewLine}  and {errors.Length - Listed} more" : string.Empty;
        return $"Expected a valid ONNX model, found {errors.Length} error(s) in {model}:{string.Concat(lines)}{rest}";
    }
}
