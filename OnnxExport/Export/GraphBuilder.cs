using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>A result of a node that is about to be written.</summary>
/// <param name="Type">Its type; null where it is not known.</param>
/// <param name="Name">The name that it must have; null for one made from the node's name.</param>
/// <param name="IsUsed">Whether anything reads it; optional results that nothing reads are left out.</param>
internal readonly record struct Result(TensorType? Type, string? Name = null, bool IsUsed = true);

/// <summary>Collects the nodes and initializers of a graph under unique names; equal small constants are written once.</summary>
/// <param name="includeValueInfo">Whether to write the types of results.</param>
internal sealed class GraphBuilder(bool includeValueInfo)
{
    // Above this size constants are shared by identity only.
    private const int SharedBytes = 4096;

    private readonly NameTable values = new();
    private readonly NameTable nodes = new();
    private readonly Dictionary<(DType Type, Shape Shape, string Content), string> small = [];
    private readonly Dictionary<Value, string> large = new(ReferenceEqualityComparer.Instance);

    public GraphProto Graph { get; } = new();

    /// <summary>Takes a name for a value.</summary>
    public string Reserve(string name) => values.Unique(name);

    public void AddInitializer(Value value, string name) => Graph.Initializer.Add(TensorConversion.ToProto(value, name));

    /// <summary>The name of an initializer with these numbers.</summary>
    public string Constant(Value value)
    {
        if (value.ByteCount > SharedBytes)
        {
            return large.TryGetValue(value, out string? known) ? known : large[value] = Add();
        }

        (DType, Shape, string) key = (value.DType, value.Shape, Convert.ToHexString(value.Bytes));
        return small.TryGetValue(key, out string? name) ? name : small[key] = Add();

        string Add()
        {
            string added = values.Numbered("constant");
            AddInitializer(value, added);
            return added;
        }
    }

    /// <summary>The name of an int64 vector.</summary>
    public string Integers(params ReadOnlySpan<long> numbers) => Constant(Value.Of(numbers, numbers.Length));

    /// <summary>Adds a node.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">The names of its inputs.</param>
    /// <param name="results">Its results.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="origin">Where it comes from: what it is called, and what is written with it.</param>
    /// <returns>The names of the results; empty for those left out.</returns>
    public string[] Add(string op, IEnumerable<string> inputs, ReadOnlySpan<Result> results, IEnumerable<AttributeProto>? attributes = null, Origin? origin = null)
    {
        string name = origin switch
        {
            { Name: { } own } => nodes.Unique(own),
            { Layer.Length: > 0 } => nodes.Numbered($"{origin.Layer}/{op}"),
            _ => nodes.Numbered(op),
        };
        var node = new NodeProto { OpType = op, Name = name };
        Describe(node, origin);
        node.Input.AddRange(inputs);
        var names = new string[results.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = results[i].IsUsed ? results[i].Name ?? values.Unique(i == 0 ? name : $"{name}_{i}") : string.Empty;
            if (results[i] is { IsUsed: true, Name: null, Type: { } type } && includeValueInfo)
            {
                Graph.ValueInfo.Add(ValueTypes.ToProto(names[i], type));
            }
        }

        node.Output.AddRange(names.AsSpan().TrimEnd(string.Empty).ToArray());
        node.Attribute.AddRange(attributes ?? []);
        Graph.Node.Add(node);
        return names;
    }

    private static void Describe(NodeProto node, Origin? origin)
    {
        if (origin is null)
        {
            return;
        }

        if (origin.Documentation.Length > 0)
        {
            node.DocString = origin.Documentation;
        }

        foreach ((string key, string value) in origin.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            node.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }
    }

    /// <summary>Adds a node with one result.</summary>
    public string Add(string op, IEnumerable<string> inputs, TensorType result) => Add(op, inputs, [new Result(result)])[0];
}
