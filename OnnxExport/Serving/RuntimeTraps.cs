using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;

namespace Toolkit.OnnxExport.Serving;

/// <summary>
/// What ONNX Runtime 1.31 does not refuse but ends the process at while it loads a model, found before it sees the model. Also what it loads but cannot hand over to .NET.
/// </summary>
/// <param name="open">Opens the model.</param>
/// <param name="import">Reads the model as a computation, with ranks.</param>
internal sealed class RuntimeTraps(Func<Stream> open, Func<OnnxModel> import)
{
    private const string Ellipsis = "...";

    // The ranks that the file states, for models that cannot be read as a computation.
    private readonly Dictionary<string, int> declared = new(StringComparer.Ordinal);

    private readonly Lazy<ModelProto> whole = new(() =>
    {
        using Stream content = open();
        return ModelProto.Parser.ParseFrom(content);
    });

    private readonly Lazy<OnnxModel?> computation = new(() =>
    {
        try
        {
            return import();
        }
        catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException)
        {
            // What the engine does not have, ONNX Runtime may have all the same.
            return null;
        }
    });

    /// <summary>Looks for it.</summary>
    /// <exception cref="ServingException">There is some; names the node, or the input or output.</exception>
    public void Refuse()
    {
        using Stream content = open();
        if (ModelOutline.Read(content) is not { } model)
            return;

        foreach (ValueInfoProto end in model.Graph.Input.Concat(model.Graph.Output))
        {
            if (end.Type?.TensorType is { } tensor && ElementType.OfCode(tensor.ElemType) is { } type && !IsServed(tensor.ElemType))
                throw new ServingException($"Expected inputs and outputs of types that ONNX Runtime passes to and from .NET, found \"{end.Name}\" of {type.Type}; cast it inside the model.");
        }

        foreach (ValueInfoProto value in WithBodies(model.Graph).SelectMany(graph => graph.Input.Concat(graph.ValueInfo).Concat(graph.Output)))
        {
            if (value.Type?.TensorType?.Shape is { } shape)
                declared[value.Name] = shape.Dim.Count;
        }

        foreach (NodeProto node in WithBodies(model.Graph).SelectMany(graph => graph.Node))
            Refuse(node, Fault(node) ?? FaultOfInputs(node));

        // The names of values in a function are its own.
        foreach (NodeProto node in model.Functions.SelectMany(function => WithBodies(new GraphProto { Node = { function.Node } })).SelectMany(graph => graph.Node))
            Refuse(node, Fault(node));
    }

    private static void Refuse(NodeProto node, string? fault)
    {
        if (fault is not null)
            throw new ServingException($"Expected {fault} of the node \"{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault())}\" ({node.OpType}); ONNX Runtime {OrtEnv.Instance().GetVersionString()} would end the process at it.");
    }

    /// <summary>Whether an element type is one of .NET's: not complex numbers, nor types of eight bits and less that are no integers of C#.</summary>
    private static bool IsServed(int code) => code is <= (int)TensorProto.Types.DataType.Uint64 or (int)TensorProto.Types.DataType.Bfloat16;

    private static IEnumerable<GraphProto> WithBodies(GraphProto graph) =>
        graph.Node.SelectMany(node => node.Attribute).Where(attribute => attribute.G is not null).SelectMany(attribute => WithBodies(attribute.G)).Prepend(graph);

    /// <summary>What was expected and found of a node by itself; null if there is nothing wrong.</summary>
    private static string? Fault(NodeProto node) => node.Domain is not ("" or "ai.onnx") ? null : node.OpType switch
    {
        "Attention" => Positive(node, "q_num_heads") ?? Positive(node, "kv_num_heads"),
        "ConvTranspose" => Positive(node, "group"),
        "LayerNormalization" when node.Input is [_, _, ""] => "two inputs, or a name for the third,",
        "Split" when Number(node, "num_outputs") is { } parts && parts != node.Output.Count => $"num_outputs {node.Output.Count}, as many as there are outputs, found {parts},",
        _ => null,
    };

    /// <summary>What was expected and found of a node with what it reads.</summary>
    private string? FaultOfInputs(NodeProto node) => node.Domain is not ("" or "ai.onnx") ? null : node.OpType switch
    {
        "Einsum" => EqualEllipses(node),
        "SplitToSequence" when node.Input is [_, { Length: > 0 } split] && Constant(split) is { Count: 1 } length && length[0] == 0 => "parts of at least 1, found 0,",
        _ => null,
    };

    private static string? Positive(NodeProto node, string attribute) => Number(node, attribute) is < 1 and var found ? $"{attribute} of at least 1, found {found}," : null;

    private static long? Number(NodeProto node, string attribute) => node.Attribute.FirstOrDefault(a => a.Name == attribute && a.RefAttrName.Length == 0)?.I;

    private string? EqualEllipses(NodeProto node)
    {
        string equation = node.Attribute.FirstOrDefault(attribute => attribute.Name == "equation")?.S.ToStringUtf8().Replace(" ", string.Empty, StringComparison.Ordinal) ?? string.Empty;
        string[] terms = equation.Split("->")[0].Split(',');
        if (terms.Length != node.Input.Count || terms.Count(term => term.Contains(Ellipsis, StringComparison.Ordinal)) < 2)
            return null;
        int[] axes =
        [
            .. terms.Zip(node.Input).Where(pair => pair.First.Contains(Ellipsis, StringComparison.Ordinal)).SelectMany(pair => Rank(pair.Second) is { } rank ? [rank - (pair.First.Length - Ellipsis.Length)] : Array.Empty<int>()),
        ];
        return axes.Distinct().Count() > 1 ? $"dots that stand for the same number of axes in all terms, found {string.Join(" and ", axes)} in the equation \"{equation}\"" : null;
    }

    private int? Rank(string name) =>
        computation.Value is { } model && model.Values.TryGetValue(name, out Variable? value) ? value.Shape.Rank
        : declared.TryGetValue(name, out int rank) ? rank
        : whole.Value.Graph.Initializer.FirstOrDefault(initializer => initializer.Name == name)?.Dims.Count;

    private Value? Constant(string name)
    {
        GraphProto graph = whole.Value.Graph;
        TensorProto? tensor = graph.Initializer.FirstOrDefault(initializer => initializer.Name == name)
            ?? graph.Node.FirstOrDefault(node => node.OpType == "Constant" && node.Output.Contains(name))?.Attribute.FirstOrDefault()?.T;
        return tensor is { DataLocation: TensorProto.Types.DataLocation.Default } ? TensorConversion.ToValue(tensor) : null;
    }
}
