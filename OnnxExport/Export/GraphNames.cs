using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>The names in a written graph and in the graphs of its attributes, each given once.</summary>
internal static class GraphNames
{
    /// <summary>The names of inputs, initializers and results.</summary>
    public static IEnumerable<string> OfValues(GraphProto graph) => Graphs(graph)
        .SelectMany(g => g.Input.Select(input => input.Name).Concat(g.Initializer.Select(tensor => tensor.Name)).Concat(g.Node.SelectMany(node => node.Output)))
        .Where(name => name.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>The names of nodes.</summary>
    public static IEnumerable<string> OfNodes(GraphProto graph) =>
        Graphs(graph).SelectMany(g => g.Node).Select(node => node.Name).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>Gives values other names, wherever they stand.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="names">The new names by the old ones.</param>
    public static void RenameValues(GraphProto graph, IReadOnlyDictionary<string, string> names)
    {
        foreach (GraphProto each in Graphs(graph))
        {
            foreach (ValueInfoProto value in each.Input.Concat(each.Output).Concat(each.ValueInfo))
                value.Name = New(value.Name);
            foreach (TensorProto tensor in each.Initializer)
                tensor.Name = New(tensor.Name);
            foreach (NodeProto node in each.Node)
            {
                for (int i = 0; i < node.Input.Count; i++)
                    node.Input[i] = New(node.Input[i]);
                for (int i = 0; i < node.Output.Count; i++)
                    node.Output[i] = New(node.Output[i]);
            }
        }

        string New(string name) => names.GetValueOrDefault(name, name);
    }

    /// <summary>Gives nodes other names.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="names">The new names by the old ones.</param>
    public static void RenameNodes(GraphProto graph, IReadOnlyDictionary<string, string> names)
    {
        foreach (NodeProto node in Graphs(graph).SelectMany(g => g.Node))
            node.Name = names.GetValueOrDefault(node.Name, node.Name);
    }

    private static IEnumerable<GraphProto> Graphs(GraphProto graph) =>
        graph.Node.SelectMany(node => node.Attribute).Where(attribute => attribute.G is not null).SelectMany(attribute => Graphs(attribute.G)).Prepend(graph);
}
