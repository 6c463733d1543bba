using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>A result of a node that is about to be written.</summary>
/// <param name="Type">Its type; null where it is not known.</param>
/// <param name="Name">The name that it must have; null for one made from the node's name.</param>
/// <param name="IsUsed">Whether anything reads it; optional results that nothing reads are left out.</param>
internal readonly record struct Result(TensorType? Type, string? Name = null, bool IsUsed = true);

/// <summary>
/// Collects the nodes and initializers of a graph and writes them in one order: as the outputs need them, depth first, each initializer where it is first
/// read. So equal computations give equal bytes, however they were put together. Equal small constants and equal nodes are written once.
/// </summary>
/// <remarks>Until <see cref="Complete"/> a value has a mark in place of a name, unless the name was reserved.</remarks>
/// <param name="valueTypes">Writes the types of results; null to leave them out.</param>
internal sealed class GraphBuilder(ValueTypes? valueTypes)
{
    // Above this size constants are shared by identity only.
    private const int SharedBytes = 4096;

    private readonly NameTable values = new();
    private readonly NameTable nodes = new();
    private readonly Dictionary<(DType Type, Shape Shape, string Content), string> small = [];
    private readonly Dictionary<Value, string> large = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Value> initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Draft> producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Draft> equals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    public GraphProto Graph { get; } = new();

    /// <summary>Takes a name for a value.</summary>
    public string Reserve(string name) => values.Unique(name);

    /// <summary>Gives a reserved name a value that the file holds.</summary>
    public void AddInitializer(Value value, string name) => initializers.Add(name, value);

    /// <summary>An initializer with these numbers.</summary>
    public string Constant(Value value)
    {
        if (value.ByteCount > SharedBytes || value.DType == DType.String)
            return large.TryGetValue(value, out string? known) ? known : large[value] = Add();
        (DType, Shape, string) key = (value.DType, value.Shape, Convert.ToHexString(value.Bytes));
        return small.TryGetValue(key, out string? name) ? name : small[key] = Add();

        string Add()
        {
            string mark = Mark("constant", initializers.Count);
            initializers.Add(mark, value);
            return mark;
        }
    }

    /// <summary>An int64 vector.</summary>
    public string Integers(params ReadOnlySpan<long> numbers) => Constant(Value.Of(numbers, numbers.Length));

    /// <summary>Adds a node, or finds an equal one whose result has no name of its own.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="results">Its results.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="origin">Where it comes from: what it is called, and what is written with it.</param>
    /// <returns>The results; empty for those left out.</returns>
    public string[] Add(string op, IEnumerable<string> inputs, ReadOnlySpan<Result> results, IEnumerable<AttributeProto>? attributes = null, Origin? origin = null)
    {
        var draft = new Draft(op, [.. inputs], results.ToArray(), [.. attributes ?? []], origin);
        bool mayMerge = results.Length == 1 && results[0].Name is null;
        if (mayMerge && equals.TryGetValue(draft.Key, out Draft? equal))
            return equal.Outputs;
        for (int i = 0; i < results.Length; i++)
        {
            draft.Outputs[i] = !results[i].IsUsed ? string.Empty : results[i].Name ?? Mark("result", producers.Count);
            if (results[i].IsUsed)
                producers.Add(draft.Outputs[i], draft);
        }

        if (mayMerge)
            equals.Add(draft.Key, draft);
        return draft.Outputs;
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

    /// <summary>Writes everything that the outputs of the graph need, and the initializers that only its inputs name.</summary>
    public GraphProto Complete()
    {
        foreach (ValueInfoProto output in Graph.Output)
            Write(output.Name);
        foreach (ValueInfoProto input in Graph.Input)
            Resolve(input.Name);
        return Graph;
    }

    // Names that a user can give never begin with this character.
    private static string Mark(string what, int number) => $"\u0001{what}{number}";

    private void Write(string output)
    {
        var open = new Stack<(Draft Draft, int Next)>();
        Enter(output);
        while (open.TryPop(out (Draft Draft, int Next) top))
        {
            if (top.Next == top.Draft.Inputs.Count)
            {
                Emit(top.Draft);
                continue;
            }

            open.Push((top.Draft, top.Next + 1));
            Enter(top.Draft.Inputs[top.Next]);
        }

        void Enter(string value)
        {
            if (producers.TryGetValue(value, out Draft? draft) && draft.TryEnter())
                open.Push((draft, 0));
        }
    }

    private void Emit(Draft draft)
    {
        string name = draft.Origin switch
        {
            { Name: { } own } => nodes.Unique(own),
            { Layer.Length: > 0 } => nodes.Numbered($"{draft.Origin.Layer}/{draft.Operator}"),
            _ => nodes.Numbered(draft.Operator),
        };
        var node = new NodeProto { OpType = draft.Operator, Name = name };
        Describe(node, draft.Origin);
        node.Input.AddRange(draft.Inputs.Select(Resolve));
        for (int i = 0; i < draft.Outputs.Length; i++)
        {
            Result result = draft.Results[i];
            if (!result.IsUsed || result.Name is not null)
                continue;
            string given = values.Unique(i == 0 ? name : $"{name}_{i}");
            names.Add(draft.Outputs[i], given);
            if (result.Type is { } type && valueTypes is not null)
                Graph.ValueInfo.Add(valueTypes.ToProto(given, type));
        }

        node.Output.AddRange(draft.Outputs.Select(Resolve).ToArray().AsSpan().TrimEnd(string.Empty).ToArray());
        node.Attribute.AddRange(draft.Attributes);
        Graph.Node.Add(node);
    }

    /// <summary>The name of a value; an initializer is written when its name is first asked for.</summary>
    private string Resolve(string value)
    {
        if (initializers.Remove(value, out Value? content))
        {
            string name = value.StartsWith('\u0001') ? values.Numbered("constant") : value;
            names[value] = name;
            Graph.Initializer.Add(TensorConversion.ToProto(content, name));
        }

        return names.GetValueOrDefault(value, value);
    }

    /// <summary>A node whose inputs and outputs are marks or reserved names.</summary>
    private sealed class Draft(string op, IReadOnlyList<string> inputs, Result[] results, AttributeProto[] attributes, Origin? origin)
    {
        private bool isEntered;

        public string Operator => op;

        public IReadOnlyList<string> Inputs => inputs;

        public Result[] Results => results;

        public AttributeProto[] Attributes => attributes;

        public Origin? Origin => origin;

        public string[] Outputs { get; } = new string[results.Length];

        /// <summary>What makes two nodes equal: operator, inputs and attributes.</summary>
        public string Key { get; } = string.Join(
            '\u0002', [op, .. inputs, .. attributes.Select(a => Convert.ToHexString(a.ToByteArray()))]);

        /// <summary>True the first time.</summary>
        public bool TryEnter() => !isEntered && (isEntered = true);
    }
}
