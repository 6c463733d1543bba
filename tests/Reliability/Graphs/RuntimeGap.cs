using System.Text.RegularExpressions;
using Toolkit.OnnxExport.Format;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Reliability.Graphs;

/// <summary>What ONNX Runtime refuses to run that the standard allows: an operator with some sizes or in a type.</summary>
/// <param name="Operator">The operator that its message names.</param>
/// <param name="Message">What its message says of it.</param>
/// <param name="Reason">What it does not take, in words for a table.</param>
/// <param name="Type">The type of the graphs that are refused; null for all.</param>
internal sealed partial record RuntimeGap(string Operator, string Message, string Reason, DType? Type = null)
{
    private static readonly RuntimeGap[] Known =
    [
        new("LSTM", "does not support double", "float64", DType.Float64),
        new("GRU", "does not support double", "float64", DType.Float64),
        new("RNN", "does not support double", "float64", DType.Float64),
        new("Split", "Invalid num_outputs value", "an empty part"),
        new("Scan", "dim0_offset < dim0_size", "no elements"),
        new("Einsum", "Ellipsis represents incompatible", "dots of different sizes"),
        new("Einsum", "but the computed output shape", "dots of different sizes"),
        new("LRN", "lrn.cc", "other than images"),
        new("GlobalAveragePool", "Unsupported pooling size", "more than three axes"),
        new("GlobalMaxPool", "Unsupported pooling size", "more than three axes"),
    ];

    /// <summary>What a refusal is owed to, in words for a table; null if it is none of the gaps that are known.</summary>
    /// <param name="refusal">ONNX Runtime's refusal.</param>
    /// <param name="model">The model.</param>
    /// <param name="floating">The floating-point type of the graph.</param>
    public static string? Of(ServingException refusal, ModelProto model, DType floating)
    {
        if (MissingKernel().Match(refusal.Message) is { Success: true } missing && Has(model.Graph, missing.Groups["operator"].Value))
            return $"{missing.Groups["operator"].Value} in {floating}";

        if (refusal.Message.Contains("passes to and from .NET", StringComparison.Ordinal))
            return "four bits from or to .NET";

        // Around a node of a body stands that of the loop.
        string failed = FailedNode().Matches(refusal.Message) is [.., var inner] ? inner.Groups["operator"].Value : "";
        return Known.FirstOrDefault(gap => refusal.Message.Contains(gap.Message, StringComparison.Ordinal) && failed == gap.Operator && (gap.Type ?? floating) == floating && Has(model.Graph, failed)) is { } known
            ? $"{known.Operator} of {known.Reason}"
            : null;
    }

    /// <summary>What NaN among the outputs is owed to: ONNX Runtime divides by the deviation of a constant, which is 0, where the standard adds 10⁻⁹.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="model">The model.</param>
    public static string? OfNaN(IReadOnlyList<Value> outputs, ModelProto model) =>
        Has(model.Graph, "MeanVarianceNormalization") && outputs.Any(output => output.DType.IsFloating() && GraphCheck.Numbers(output).Any(double.IsNaN)) ? "MeanVarianceNormalization of a constant" : null;

    /// <summary>Whether a graph has an operator, bodies included.</summary>
    public static bool Has(GraphProto graph, string name) =>
        graph.Node.Any(node => node.OpType == name || node.Attribute.Any(attribute => attribute.G is { } body && Has(body, name)));

    [GeneratedRegex(@"Could not find an implementation for (?<operator>\w+)\(\d+\) node")]
    private static partial Regex MissingKernel();

    [GeneratedRegex(@"while running (?<operator>\w+) node")]
    private static partial Regex FailedNode();
}
