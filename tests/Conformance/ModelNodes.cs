using Toolkit.OnnxExport.Format;

namespace Toolkit.Conformance;

/// <summary>The nodes of a model, those in graphs of attributes and in functions among them.</summary>
internal static class ModelNodes
{
    public static IEnumerable<NodeProto> Of(ModelProto model) => Of(model.Graph.Node).Concat(model.Functions.SelectMany(function => Of(function.Node)));

    /// <summary>The domain of a node as the table of the standard has it.</summary>
    public static string Domain(NodeProto node) => node.Domain == "ai.onnx" ? string.Empty : node.Domain;

    /// <summary>The operator with its domain, if it is not the standard one.</summary>
    public static string FullName(NodeProto node) => Domain(node).Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";

    /// <summary>The operators of a model, constants aside unless there is nothing else, in the order of their names.</summary>
    public static string[] Operators(ModelProto model)
    {
        string[] names = [.. Of(model).Select(FullName).Distinct().Order(StringComparer.Ordinal)];
        return names is ["Constant"] ? names : [.. names.Where(name => name != "Constant")];
    }

    /// <summary>The version of the standard operator set.</summary>
    public static long Opset(ModelProto model) => model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 1;

    private static IEnumerable<NodeProto> Of(IEnumerable<NodeProto> nodes) => nodes.SelectMany(node =>
        node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => Of(attribute.G.Node)).Prepend(node));
}
