using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>A result of a node that is about to be written.</summary>
/// <param name="Type">Its type; null where it is not known.</param>
/// <param name="Name">The name that it must have; null for that of its origin, or one made from the node's name.</param>
/// <param name="IsUsed">Whether anything reads it; optional results that nothing reads are left out.</param>
internal readonly record struct Result(TensorType? Type, string? Name = null, bool IsUsed = true);

/// <summary>
/// Collects the nodes and initializers of a graph and writes them in one order: as the outputs need them, depth first, each initializer where it is first
/// read. So equal computations give equal bytes, however they were put together. Equal small constants and equal nodes are written once.
/// </summary>
/// <remarks>Until <see cref="Complete"/> a value has a mark in place of a name, unless the name was reserved.</remarks>
/// <param name="valueTypes">Writes the types of results; null to leave them out.</param>
/// <param name="outer">For the graph of a body the graph around it, whose values it may read; null for the graph of a model. Names are given once in the whole model,
/// and the graph of the model holds all initializers.</param>
/// <param name="external">Takes large initializers; null where the model holds all.</param>
/// <param name="shares">Whether initializers have the memory of their values.</param>
internal sealed class GraphBuilder(ValueTypes? valueTypes, GraphBuilder? outer = null, ExternalData? external = null, bool shares = false)
{
    // Above this size constants are shared by identity only.
    private const int SharedBytes = 4096;

    private readonly NameTable values = outer?.values ?? new();
    private readonly NameTable nodes = outer?.nodes ?? new();
    private readonly Counter marks = outer?.marks ?? new();
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
        if (outer is not null)
            return outer.Constant(value);
        if (value.ByteCount > SharedBytes || value.DType == DType.String)
            return large.TryGetValue(value, out string? known) ? known : large[value] = Add();
        (DType, Shape, string) key = (value.DType, value.Shape, Convert.ToHexString(value.Bytes));
        return small.TryGetValue(key, out string? name) ? name : small[key] = Add();

        string Add()
        {
            string mark = Mark("constant");
            initializers.Add(mark, value);
            return mark;
        }
    }

    /// <summary>An int64 vector.</summary>
    public string Integers(params ReadOnlySpan<long> numbers) => Constant(Value.Of(numbers, numbers.Length));

    /// <summary>Takes a name with a number for a value.</summary>
    public string Number(string name) => values.Numbered(name);

    /// <summary>Adds a node with graphs in its attributes.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="captured">What the graphs read of this graph.</param>
    /// <param name="results">Its results.</param>
    /// <param name="attributes">Its other attributes.</param>
    /// <param name="bodies">The names of the attributes with graphs, and what writes them; it is called once, when the node is written.</param>
    /// <param name="origin">Where it comes from.</param>
    public string[] Add(
        string op,
        IEnumerable<string> inputs,
        IEnumerable<string> captured,
        ReadOnlySpan<Result> results,
        IEnumerable<AttributeProto> attributes,
        IReadOnlyList<(string Name, Func<GraphProto> Write)> bodies,
        Origin? origin)
    {
        var draft = new Draft(op, [.. inputs], results.ToArray(), [.. attributes], origin) { Captured = [.. captured], Bodies = bodies };
        Register(draft);
        return draft.Outputs;
    }

    /// <summary>Adds a node, or finds an equal one whose result has no name of its own.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="results">Its results.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="origin">Where it comes from: what it is called, and what is written with it.</param>
    /// <param name="merge">Whether an equal node will do.</param>
    /// <param name="domain">The domain of the operator.</param>
    /// <returns>The results; empty for those left out.</returns>
    public string[] Add(string op, IEnumerable<string> inputs, ReadOnlySpan<Result> results, IEnumerable<AttributeProto>? attributes = null, Origin? origin = null, bool merge = true, string domain = "")
    {
        var draft = new Draft(op, [.. inputs], results.ToArray(), [.. attributes ?? []], origin, domain);
        bool mayMerge = merge && results.Length == 1 && results[0].Name is null;
        if (mayMerge && equals.TryGetValue(draft.Key, out Draft? equal))
            return equal.Outputs;
        Register(draft);
        if (mayMerge)
            equals.Add(draft.Key, draft);
        return draft.Outputs;
    }

    private void Register(Draft draft)
    {
        for (int i = 0; i < draft.Outputs.Length; i++)
        {
            draft.Outputs[i] = !draft.Results[i].IsUsed ? string.Empty : draft.Results[i].Name ?? Mark("result");
            if (draft.Results[i].IsUsed)
                producers.Add(draft.Outputs[i], draft);
        }
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
        foreach (ValueInfoProto output in Graph.Output)
            output.Name = Resolve(output.Name);
        foreach (ValueInfoProto input in Graph.Input)
            Resolve(input.Name);
        return Graph;
    }

    // Names that a user can give never begin with this character.
    private string Mark(string what) => $"\u0001{what}{marks.Next()}";

    private void Write(string output)
    {
        var open = new Stack<(Draft Draft, int Next)>();
        Enter(output);
        while (open.TryPop(out (Draft Draft, int Next) top))
        {
            Draft draft = top.Draft;
            if (top.Next == draft.Inputs.Count + draft.Captured.Count)
            {
                Emit(draft);
                continue;
            }

            open.Push((draft, top.Next + 1));
            Enter(top.Next < draft.Inputs.Count ? draft.Inputs[top.Next] : draft.Captured[top.Next - draft.Inputs.Count]);
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
        var node = new NodeProto { OpType = draft.Operator, Domain = draft.Domain, Name = name };
        Describe(node, draft.Origin);
        node.Input.AddRange(draft.Inputs.Select(Resolve));
        for (int i = 0; i < draft.Outputs.Length; i++)
        {
            Result result = draft.Results[i];
            if (!result.IsUsed || result.Name is not null)
                continue;
            string given = values.Unique(draft.Origin?.Results.ElementAtOrDefault(i) is { Length: > 0 } own ? own : i == 0 ? name : $"{name}_{i}");
            names.Add(draft.Outputs[i], given);
            if (result.Type is { } type && valueTypes is not null && !Graph.Output.Any(output => output.Name == draft.Outputs[i]))
                Graph.ValueInfo.Add(valueTypes.ToProto(given, type));
        }

        node.Output.AddRange(draft.Outputs.Select(Resolve).ToArray().AsSpan().TrimEnd(string.Empty).ToArray());
        node.Attribute.AddRange(draft.Attributes);
        node.Attribute.AddRange(draft.Bodies.Select(body => new AttributeProto { Name = body.Name, Type = AttributeProto.Types.AttributeType.Graph, G = body.Write() }));
        Graph.Node.Add(node);
    }

    /// <summary>The name of a value; an initializer is written when its name is first asked for.</summary>
    private string Resolve(string value)
    {
        if (initializers.Remove(value, out Value? content))
        {
            string name = value.StartsWith('\u0001') ? values.Numbered("constant") : value;
            names[value] = name;
            Graph.Initializer.Add(external?.Takes(content) == true ? external.Add(content, name) : TensorConversion.ToProto(content, name, shares));
        }

        return names.GetValueOrDefault(value) ?? outer?.Resolve(value) ?? value;
    }

    /// <summary>Counts the marks of a model.</summary>
    private sealed class Counter
    {
        private int last;

        public int Next() => last++;
    }

    /// <summary>A node whose inputs and outputs are marks or reserved names.</summary>
    private sealed class Draft(string op, IReadOnlyList<string> inputs, Result[] results, AttributeProto[] attributes, Origin? origin, string domain = "")
    {
        private bool isEntered;

        public string Operator => op;

        public string Domain => domain;

        public IReadOnlyList<string> Inputs => inputs;

        public IReadOnlyList<string> Captured { get; init; } = [];

        public IReadOnlyList<(string Name, Func<GraphProto> Write)> Bodies { get; init; } = [];

        public Result[] Results => results;

        public AttributeProto[] Attributes => attributes;

        public Origin? Origin => origin;

        public string[] Outputs { get; } = new string[results.Length];

        /// <summary>What makes two nodes equal: domain, operator, inputs and attributes.</summary>
        public string Key { get; } = string.Join(
            '\u0002', [domain, op, .. inputs, .. attributes.Select(a => Convert.ToHexString(a.ToByteArray()))]);

        /// <summary>True the first time.</summary>
        public bool TryEnter() => !isEntered && (isEntered = true);
    }
}
