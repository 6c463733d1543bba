using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Import.Sequences;

/// <summary>Reads <c>SequenceMap</c>, a graph applied to each tensor of a sequence, as the loop by which the standard defines it.</summary>
internal static class SequenceMap
{
    private const string Name = "SequenceMap";

    /// <summary>Whether a node is one.</summary>
    public static bool Is(NodeProto node) => node.OpType == Name && node.Domain is "" or "ai.onnx";

    /// <summary>The nodes that say the same.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isSequence">For each of its inputs whether it is a sequence; a tensor is the same in every turn.</param>
    public static IReadOnlyList<NodeProto> Expand(NodeProto node, bool[] isSequence)
    {
        if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "body")?.G is not { } body || body.Input.Count != node.Input.Count || body.Output.Count < node.Output.Count)
            throw new ImportException($"The node \"{node.Name}\" ({Name}) needs a body with {node.Input.Count} inputs and {node.Output.Count} outputs, found {node.Attribute}.");
        string Own(string name) => $"{(node.Output.FirstOrDefault(output => output.Length > 0) ?? node.Name)}_map_{name}";
        var turn = new GraphProto { Name = body.Name };
        turn.Input.AddRange([new ValueInfoProto { Name = Own("turn") }, new ValueInfoProto { Name = Own("goes_on") }]);
        turn.Initializer.AddRange(body.Initializer);
        for (int i = 0; i < node.Input.Count; i++)
        {
            turn.Node.Add(isSequence[i] ? Of("SequenceAt", [node.Input[i], Own("turn")], body.Input[i].Name) : Of("Identity", [node.Input[i]], body.Input[i].Name));
        }

        turn.Node.AddRange(body.Node);
        turn.Output.Add(new ValueInfoProto { Name = Own("goes_on") });
        NodeProto loop = new() { Name = node.Name, OpType = "Loop", Input = { Own("length"), "" } };
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeType.Graph, G = turn });
        List<NodeProto> nodes = [Of("SequenceLength", [node.Input[0]], Own("length"))];
        for (int k = 0; k < node.Output.Count; k++)
        {
            NodeProto empty = Of("SequenceEmpty", [], Own($"empty{k}"));
            empty.Attribute.Add(new AttributeProto { Name = "dtype", Type = AttributeType.Int, I = body.Output[k].Type?.TensorType?.ElemType ?? 1 });
            nodes.Add(empty);
            turn.Input.Add(new ValueInfoProto { Name = Own($"before{k}") });
            turn.Node.Add(Of("SequenceInsert", [Own($"before{k}"), body.Output[k].Name], Own($"after{k}")));
            turn.Output.Add(new ValueInfoProto { Name = Own($"after{k}") });
            loop.Input.Add(Own($"empty{k}"));
            loop.Output.Add(node.Output[k]);
        }

        nodes.Add(loop);
        return nodes;
    }

    private static NodeProto Of(string op, string[] inputs, string output) => new() { OpType = op, Input = { inputs }, Output = { output } };
}
