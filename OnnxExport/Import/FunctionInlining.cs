using Google.Protobuf.Collections;
using Toolkit.Autograd.Schema;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Puts the nodes of a model's own functions in the places of their calls, so that the rest of the importer knows operators alone.</summary>
internal sealed class FunctionInlining
{
    // Functions that call each other twice double at each level.
    private const int MostNodes = 1_000_000;

    private readonly ModelProto model;
    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> functions;
    private int calls;
    private int nodes;

    private FunctionInlining(ModelProto model)
    {
        this.model = model;
        functions = model.Functions.ToDictionary(function => (Domain(function.Domain), function.Name, function.Overload));
    }

    /// <summary>The model without calls; the same object where it has no functions.</summary>
    /// <param name="model">A valid model, in which no function calls itself.</param>
    /// <exception cref="ImportException">A function has operators in another version than the model, or there are too many nodes.</exception>
    public static ModelProto Apply(ModelProto model)
    {
        if (model.Functions.Count == 0)
            return model;
        ModelProto copy = model.Clone();
        copy.Functions.Clear();
        var inlining = new FunctionInlining(model);
        Replace(copy.Graph.Node, inlining.Inline(copy.Graph.Node));
        return copy;
    }

    private List<NodeProto> Inline(IEnumerable<NodeProto> calls)
    {
        var result = new List<NodeProto>();
        foreach (NodeProto node in calls)
        {
            if (++nodes > MostNodes)
                throw new ImportException($"Expected a model of up to {MostNodes} nodes with its functions written out, found more.");
            foreach (AttributeProto attribute in node.Attribute.Where(attribute => attribute.G is not null))
                Replace(attribute.G.Node, Inline(attribute.G.Node));
            if (functions.TryGetValue((Domain(node.Domain), node.OpType, node.Overload), out FunctionProto? function))
                result.AddRange(Inline(Body(node, function)));
            else
                result.Add(node);
        }

        return result;
    }

    /// <summary>The nodes of a function with the names of a call.</summary>
    private IEnumerable<NodeProto> Body(NodeProto call, FunctionProto function)
    {
        string prefix = $"{(call.Name.Length > 0 ? call.Name : function.Name)}.{++calls}.";
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [string.Empty] = string.Empty };
        for (int i = 0; i < function.Input.Count; i++)
            names[function.Input[i]] = i < call.Input.Count ? call.Input[i] : string.Empty;
        for (int i = 0; i < function.Output.Count; i++)
            names[function.Output[i]] = i < call.Output.Count && call.Output[i].Length > 0 ? call.Output[i] : prefix + function.Output[i];
        string Name(string name) => names.TryGetValue(name, out string? other) ? other : prefix + name;
        foreach (NodeProto node in function.Node)
        {
            RequireVersion(node, function);
            NodeProto copy = node.Clone();
            Rename(copy, Name, call, function);
            copy.Name = prefix + node.Name;
            yield return copy;
        }
    }

    private static void Rename(NodeProto node, Func<string, string> name, NodeProto call, FunctionProto function)
    {
        Replace(node.Input, [.. node.Input.Select(name)]);
        Replace(node.Output, [.. node.Output.Select(name)]);
        Replace(node.Attribute, [.. node.Attribute.Select(attribute => Given(attribute, call, function)).OfType<AttributeProto>()]);
        foreach (GraphProto graph in node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G))
        {
            foreach (ValueInfoProto value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
                value.Name = name(value.Name);
            foreach (TensorProto tensor in graph.Initializer)
                tensor.Name = name(tensor.Name);
            foreach (NodeProto inner in graph.Node)
                Rename(inner, name, call, function);
        }
    }

    /// <summary>An attribute that stands for one of the call: its value there, or the default of the function; null where there is neither.</summary>
    private static AttributeProto? Given(AttributeProto attribute, NodeProto call, FunctionProto function)
    {
        if (attribute.RefAttrName.Length == 0)
            return attribute;
        AttributeProto? given = call.Attribute.Concat(function.AttributeProto).FirstOrDefault(other => other.Name == attribute.RefAttrName)?.Clone();
        if (given is not null)
            given.Name = attribute.Name;
        return given;
    }

    /// <summary>A function may import other operator sets than the model, as long as its operators are the same in both.</summary>
    private void RequireVersion(NodeProto node, FunctionProto function)
    {
        string domain = Domain(node.Domain);
        long own = Version(function.OpsetImport, domain), outer = Version(model.OpsetImport, domain);
        if (own != outer && own > 0 && outer > 0 && StandardOperators.Find(domain, node.OpType, own)?.Since != StandardOperators.Find(domain, node.OpType, outer)?.Since)
            throw new ImportException($"Expected {node.OpType} of the operator set {outer} in the function \"{function.Name}\", as the model has it, found {own}.");
        if (outer == 0 && own > 0 && !functions.ContainsKey((domain, node.OpType, node.Overload)))
            throw new ImportException($"Expected the model to import the operator set \"{domain}\", which its function \"{function.Name}\" uses, found none.");
    }

    private static long Version(IEnumerable<OperatorSetIdProto> sets, string domain) => sets.FirstOrDefault(set => Domain(set.Domain) == domain)?.Version ?? 0;

    private static string Domain(string domain) => domain == "ai.onnx" ? string.Empty : domain;

    private static void Replace<T>(RepeatedField<T> field, List<T> content)
    {
        field.Clear();
        field.AddRange(content);
    }
}
