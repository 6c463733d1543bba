namespace Toolkit.OnnxExport.Checking;

/// <summary>Something that is wrong with an ONNX model.</summary>
/// <param name="Rule">The group of rules that is broken.</param>
/// <param name="Location">Where: the name of a value, node, tensor or function, after the graphs and nodes that contain it, as in
/// <c>main/if_1/then_branch/add_2</c>; empty for the model as a whole.</param>
/// <param name="Message">What was expected and what was found.</param>
/// <param name="Severity">How bad it is.</param>
public sealed record ModelProblem(CheckRule Rule, string Location, string Message, ProblemSeverity Severity = ProblemSeverity.Error)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Severity} ({Rule}){(Location.Length == 0 ? string.Empty : $" at {Location}")}: {Message}";
}
