using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Applies the operation that a node of a file names.</summary>
internal static class NodeReader
{
    /// <summary>The operation's reading of an operator in a version of its operator set, and the schema; null if the engine does not have it.</summary>
    public static (Func<OnnxNode, IReadOnlyList<Variable>> Apply, OperatorSchema Schema)? Find(string domain, string name, long version, OperatorSet operators)
    {
        if (operators.Find(domain, name) is not { } apply)
            return null;

        // An operator that a runtime had before the standard had it is as in the standard; one of a user has no row in the table: it is what the node makes of it.
        IReadOnlyList<OperatorSchema> history = StandardOperators.History(domain, name);
        OperatorSchema schema = StandardOperators.Find(domain, name, version) ?? (history.Count > 0 ? history[0] : new OperatorSchema(domain, name, (int)Math.Min(version, int.MaxValue)));
        return (apply, schema);
    }

    /// <summary>The results of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="version">The version of its operator set.</param>
    /// <param name="inputs">What stands at its inputs; null where one is left out.</param>
    /// <param name="operators">The operators that may occur.</param>
    /// <param name="graphs">Gives a graph in an attribute.</param>
    /// <exception cref="ImportException">The engine does not have the operator in this form.</exception>
    public static IReadOnlyList<Variable> Read(NodeProto node, long version, IReadOnlyList<Variable?> inputs, OperatorSet operators, Func<GraphProto, OnnxGraph> graphs)
    {
        string domain = node.Domain == "ai.onnx" ? string.Empty : node.Domain;
        (Func<OnnxNode, IReadOnlyList<Variable>> apply, OperatorSchema schema) = Find(domain, node.OpType, version, operators)
            ?? throw new ImportException($"Expected an operator that the engine has, found {node.OpType}.");
        return Told(node, schema.Since, () =>
        {
            var attributes = node.Attribute.ToDictionary(attribute => attribute.Name, attribute => AttributeReader.Read(attribute, graphs), StringComparer.Ordinal);
            IReadOnlyList<Variable> results = apply(new OnnxNode(schema, inputs, attributes, node.Output.Count) { Label = node.Output.FirstOrDefault() ?? string.Empty });
            OriginOf(node).MarkResults(results, inputs.OfType<Variable>());
            int needed = node.Output.Select((name, i) => name.Length > 0 ? i + 1 : 0).DefaultIfEmpty(0).Max();
            return results.Count >= needed
                ? results
                : throw new GraphException($"{node.OpType} gives {results.Count} of its results, found a use of {needed}.");
        });
    }

    /// <summary>Reads something of a node; what is wrong with it is told with its name.</summary>
    /// <param name="node">The node.</param>
    /// <param name="version">The version of its operator, or of its operator set.</param>
    /// <param name="read">Reads it.</param>
    /// <exception cref="ImportException">The engine does not have the operator in this form.</exception>
    public static T Told<T>(NodeProto node, long version, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is GraphException or ShapeException or DTypeException or OverflowException)
        {
            string name = node.Name.Length > 0 ? $"\"{node.Name}\" " : string.Empty;
            throw new ImportException($"The node {name}({node.OpType}, version {version}) cannot be read: {e.Message}", e);
        }
    }

    /// <summary>What the file says about a node beside what it computes.</summary>
    private static Origin OriginOf(NodeProto node)
    {
        var origin = new Origin { Name = node.Name.Length > 0 ? node.Name : null, Documentation = node.DocString, Results = [.. node.Output] };
        return node.MetadataProps.Count == 0
            ? origin
            : origin with { Metadata = node.MetadataProps.ToDictionary(property => property.Key, property => property.Value, StringComparer.Ordinal) };
    }
}
