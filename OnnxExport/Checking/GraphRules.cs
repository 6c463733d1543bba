using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for a graph: names, order of nodes, single assignment.</summary>
internal static class GraphRules
{
    /// <summary>Checks a graph and fills its scope with the names that it defines.</summary>
    public static void Check(GraphProto graph, CheckContext context, NameScope scope)
    {
        if (graph.Name.Length == 0)
        {
            context.Error(CheckRule.Graph, string.Empty, "Expected a graph with a name, found none.");
        }

        context = context.Inside(graph.Name);
        ModelRules.CheckMetadata(graph.MetadataProps, context, "metadata_props");
        foreach (ValueInfoProto input in graph.Input)
        {
            TypeRules.Check(input, context);
            if (input.Name.Length > 0 && !scope.Add(input.Name))
            {
                context.Error(CheckRule.Names, input.Name, "Expected distinct names of graph inputs, found this one twice.");
            }
        }

        CheckInitializers(graph, context, scope);
        CheckNodes(graph.Node, context, scope);
        foreach (ValueInfoProto output in graph.Output)
        {
            TypeRules.Check(output, context);
            if (output.Name.Length > 0 && !scope.Defines(output.Name))
            {
                context.Error(
                    CheckRule.SingleAssignment, output.Name, "Expected a graph output that this graph defines, found no definition.");
            }
        }

        CheckValueInfo(graph, context);
    }

    /// <summary>The tensors that a graph holds, of a sparse one its values; none without a graph.</summary>
    public static IEnumerable<TensorProto> Initializers(GraphProto? graph) =>
        graph is null ? [] : graph.Initializer.Concat(graph.SparseInitializer.Select(tensor => tensor.Values).OfType<TensorProto>());

    public static void CheckNodes(IReadOnlyList<NodeProto> nodes, CheckContext context, NameScope scope)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Count; i++)
        {
            NodeProto node = nodes[i];
            string location = node.Name.Length > 0 ? node.Name : $"{Excerpt.Of(node.OpType)}#{i}";
            if (node.Name.Length > 0 && !names.Add(node.Name))
            {
                context.Warning(CheckRule.Names, location, "Two nodes of this graph have this name; ONNX Runtime refuses that.");
            }

            foreach (string input in node.Input)
            {
                if (input.Length > 0 && !scope.Sees(input))
                {
                    context.Error(
                        CheckRule.Order,
                        location,
                        $"Expected each input to be a graph input, an initializer or the result of an earlier node, found \"{input}\".");
                }
            }

            NodeRules.Check(node, location, context, scope);
            foreach (string output in node.Output.Where(o => o.Length > 0))
            {
                if (scope.Sees(output))
                {
                    context.Error(
                        CheckRule.SingleAssignment,
                        location,
                        $"Expected a new name for each result, found \"{output}\", which is taken.");
                }

                scope.Add(output);
            }
        }
    }

    private static void CheckInitializers(GraphProto graph, CheckContext context, NameScope scope)
    {
        var inputs = new HashSet<string>(graph.Input.Select(i => i.Name), StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorProto tensor in graph.Initializer)
        {
            Define(tensor.Name);
            TensorRules.Check(tensor, context, tensor.Name);
        }

        foreach (SparseTensorProto tensor in graph.SparseInitializer)
        {
            string name = tensor.Values?.Name ?? string.Empty;
            Define(name);
            SparseTensorRules.Check(tensor, context, name);
        }

        void Define(string name)
        {
            if (name.Length == 0)
            {
                context.Error(CheckRule.Names, "initializer", "Expected an initializer with a name, found none.");
                return;
            }

            if (!names.Add(name))
            {
                context.Error(CheckRule.Names, name, "Expected distinct names of initializers, found this one twice.");
            }

            if (context.IrVersion <= 3 && !inputs.Contains(name))
            {
                // The rule of that version; files in use break it, and every reader takes them.
                context.Warning(
                    CheckRule.Names,
                    name,
                    $"Expected every initializer among the inputs, as version {context.IrVersion} of the format has them, found this one elsewhere.");
            }

            scope.Add(name);
        }
    }

    private static void CheckValueInfo(GraphProto graph, CheckContext context)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ValueInfoProto value in graph.ValueInfo)
        {
            if (!names.Add(value.Name))
            {
                context.Error(CheckRule.Names, value.Name, "Expected distinct names in value_info, found this one twice.");
            }
        }
    }
}
