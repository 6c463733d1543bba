using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Export;

/// <summary>Gives a model inputs and outputs of at most 32 bits an element under the names that they had, with a Cast behind each input and in front of each output that was wider.</summary>
internal static class NarrowEdges
{
    /// <summary>Changes a model.</summary>
    /// <param name="model">A model as the exporter writes it.</param>
    public static void Apply(ModelProto model)
    {
        GraphProto graph = model.Graph;
        ValueInfoProto[] inputs = [.. graph.Input.Where(IsWide)], outputs = [.. graph.Output.Where(IsWide)];
        var table = new NameTable();
        foreach (string name in GraphNames.OfValues(graph))
            table.Unique(name);
        var inside = inputs.Concat(outputs).ToDictionary(edge => edge.Name, edge => table.Unique($"{edge.Name}_wide"), StringComparer.Ordinal);
        var outside = inside.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        GraphNames.RenameValues(graph, inside);
        NodeProto[] nodes =
        [
            .. inputs.Select(input => Cast(outside[input.Name], input.Name, input.Type.TensorType.ElemType)),
            .. graph.Node,
            .. outputs.Select(output => Cast(output.Name, outside[output.Name], Narrow(output.Type.TensorType.ElemType))),
        ];
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        foreach (ValueInfoProto edge in inputs.Concat(outputs))
            (edge.Name, edge.Type.TensorType.ElemType) = (outside[edge.Name], Narrow(edge.Type.TensorType.ElemType));
    }

    private static bool IsWide(ValueInfoProto edge) => Narrow(edge.Type.TensorType.ElemType) != edge.Type.TensorType.ElemType;

    private static int Narrow(int type) => (DataType)type switch
    {
        DataType.Int64 => (int)DataType.Int32,
        DataType.Uint64 => (int)DataType.Uint32,
        DataType.Double => (int)DataType.Float,
        _ => type,
    };

    private static NodeProto Cast(string from, string to, int type) => new()
    {
        OpType = "Cast",
        Input = { from },
        Output = { to },
        Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = type } },
    };
}
