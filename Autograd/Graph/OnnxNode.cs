using System.Globalization;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>A node of an ONNX file as an operation reads it: plain data, free of protocol-buffer types. Attributes that the node does not give have
/// the default of the standard.</summary>
/// <param name="schema">The operator in the version that the file uses.</param>
/// <param name="inputs">What stands at each input; null where an optional one is left out.</param>
/// <param name="attributes">The attributes that the node gives: <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, lists of these, or a
/// <see cref="Value"/>.</param>
/// <param name="results">The number of outputs that the node names.</param>
public sealed class OnnxNode(OperatorSchema schema, IReadOnlyList<Variable?> inputs, IReadOnlyDictionary<string, object> attributes, int results)
{
    /// <summary>The operator.</summary>
    public string Operator => schema.Name;

    /// <summary>The version of the operator: that of the operator set which brought its present form.</summary>
    public int Version => schema.Since;

    /// <summary>The number of inputs, those left out between others counted.</summary>
    public int Count => inputs.Count;

    /// <summary>The number of outputs that the node names, those left out between others counted.</summary>
    public int Results => results;

    /// <summary>What the file calls the first result of the node; no other value has the name.</summary>
    public string Label { get; init; } = string.Empty;

    /// <summary>The input at a position; null where it is left out.</summary>
    /// <param name="input">The position, from 0.</param>
    public Variable? Optional(int input) => input < inputs.Count ? inputs[input] : null;

    /// <summary>The input at a position.</summary>
    /// <param name="input">The position, from 0.</param>
    /// <exception cref="GraphException">It is left out.</exception>
    public Variable this[int input] => Optional(input) ?? throw new GraphException($"{Operator} needs its input {input}, found none.");

    /// <summary>All inputs.</summary>
    /// <exception cref="GraphException">One is left out.</exception>
    public Variable[] Inputs => [.. Enumerable.Range(0, inputs.Count).Select(i => this[i])];

    /// <summary>A node of another operator with the attributes of this one.</summary>
    /// <param name="other">The other operator.</param>
    /// <param name="arguments">Its inputs.</param>
    internal OnnxNode Of(OperatorSchema other, IReadOnlyList<Variable?> arguments) => new(other, arguments, attributes, results);

    /// <summary>Whether the operator has an attribute in the version that the file uses.</summary>
    /// <param name="name">The attribute.</param>
    public bool Knows(string name) => schema.Attribute(name) is not null;

    /// <summary>Whether the node gives an attribute.</summary>
    /// <param name="name">The attribute.</param>
    public bool Has(string name) => attributes.ContainsKey(name);

    /// <summary>An attribute that holds an integer.</summary>
    /// <param name="name">The attribute.</param>
    public long Integer(string name) =>
        attributes.TryGetValue(name, out object? value) ? Typed<long>(name, value) : long.Parse(Default(name), CultureInfo.InvariantCulture);

    /// <summary>An attribute that holds an integer of 32 bits: an axis, a count, a size.</summary>
    /// <param name="name">The attribute.</param>
    /// <exception cref="GraphException">The file has a number beyond 32 bits.</exception>
    public int Int32(string name) => Integer(name) is >= int.MinValue and <= int.MaxValue and var number
        ? (int)number
        : throw new GraphException($"{Operator} expects a number of 32 bits as \"{name}\", found {Integer(name)}.");

    /// <summary>An attribute that holds an integer as a truth value.</summary>
    /// <param name="name">The attribute.</param>
    public bool Flag(string name) => Integer(name) != 0;

    /// <summary>An attribute that holds a floating-point number.</summary>
    /// <param name="name">The attribute.</param>
    public float Number(string name) =>
        attributes.TryGetValue(name, out object? value) ? Typed<float>(name, value) : float.Parse(Default(name), CultureInfo.InvariantCulture);

    /// <summary>An attribute that holds a text.</summary>
    /// <param name="name">The attribute.</param>
    public string Text(string name) => attributes.TryGetValue(name, out object? value) ? Typed<string>(name, value) : Default(name);

    /// <summary>An attribute that holds integers; null where the node does not give it.</summary>
    /// <param name="name">The attribute.</param>
    public IReadOnlyList<long>? Integers(string name) =>
        attributes.TryGetValue(name, out object? value) ? Typed<IReadOnlyList<long>>(name, value) : null;

    /// <summary>An attribute that holds integers of 32 bits; null where the node does not give it.</summary>
    /// <param name="name">The attribute.</param>
    /// <exception cref="GraphException">The file has a number beyond 32 bits.</exception>
    public IReadOnlyList<int>? Int32s(string name) => Integers(name)?.Select(number => number is >= int.MinValue and <= int.MaxValue
        ? (int)number
        : throw new GraphException($"{Operator} expects numbers of 32 bits as \"{name}\", found {number}.")).ToArray();

    /// <summary>An attribute that holds floating-point numbers; null where the node does not give it.</summary>
    /// <param name="name">The attribute.</param>
    public IReadOnlyList<float>? Numbers(string name) =>
        attributes.TryGetValue(name, out object? value) ? Typed<IReadOnlyList<float>>(name, value) : null;

    /// <summary>An attribute that holds texts; null where the node does not give it.</summary>
    /// <param name="name">The attribute.</param>
    public IReadOnlyList<string>? Texts(string name) =>
        attributes.TryGetValue(name, out object? value) ? Typed<IReadOnlyList<string>>(name, value) : null;

    /// <summary>An attribute that holds a tensor; null where the node does not give it.</summary>
    /// <param name="name">The attribute.</param>
    public Value? Tensor(string name) => attributes.TryGetValue(name, out object? value) ? Typed<Value>(name, value) : null;

    /// <summary>Attributes that hold computations, closed: what they read of the graph around them is captured, and all of them take all of it.</summary>
    /// <param name="parts">Each attribute, with the types of the inputs of its graph.</param>
    /// <returns>The bodies, whose own inputs come first, and the captured variables.</returns>
    public (IReadOnlyList<Body> Bodies, IReadOnlyList<Variable> Captured) Close(IReadOnlyList<(string Name, IReadOnlyList<TensorType> Inputs)> parts)
    {
        OnnxGraph[] graphs = [.. parts.Select(part => attributes.TryGetValue(part.Name, out object? value)
            ? Typed<OnnxGraph>(part.Name, value)
            : throw new GraphException($"{Operator} (version {Version}) needs the attribute \"{part.Name}\", found none."))];
        var outside = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        var open = new List<(IReadOnlyList<Variable> Inputs, IReadOnlyList<Variable> Outputs)>();
        foreach ((OnnxGraph graph, (_, IReadOnlyList<TensorType> types)) in graphs.Zip(parts))
        {
            Variable[] inputs = [.. types.Select((type, i) => Body.Input($"input{i}", type))];
            open.Add((inputs, graph.Apply(inputs, outside)));
        }

        return BodyClosing.Close(open, outside.Contains);
    }

    /// <summary>The element type that an attribute names: by its number in the standard, in the oldest versions by its name.</summary>
    /// <param name="name">The attribute.</param>
    /// <exception cref="DTypeException">The engine does not have the type.</exception>
    public DType Type(string name) => attributes.GetValueOrDefault(name) is string text ? DTypes.OfOnnx(text) : DTypes.OfOnnx(Integer(name));

    /// <summary>The known content of an integer input: numbers, and sizes of symbolic dimensions. Null where the input is left out.</summary>
    /// <param name="input">The position, from 0.</param>
    /// <exception cref="GraphException">The content is not known before the graph runs.</exception>
    public IReadOnlyList<Dim>? Content(int input) => Optional(input) is not { } variable
        ? null
        : variable.Content ?? throw new GraphException(
            $"{Operator} needs to know the content of its input {input} ({Schema(input)}) when the model is loaded; found {variable}, which is computed from data.");

    /// <summary>The known numbers of an integer input; null where it is left out.</summary>
    /// <param name="input">The position, from 0.</param>
    /// <exception cref="GraphException">The numbers are not known before the graph runs.</exception>
    public IReadOnlyList<long>? Numbers(int input) => Content(input)?.Select(dim => dim.IsStatic
        ? dim.Number
        : throw new GraphException($"{Operator} needs numbers as its input {input} ({Schema(input)}), found the symbolic size {dim}.")).ToArray();

    /// <summary>Integers that older versions of the operator have as an attribute and newer ones as an input; null where neither is given.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="input">The position of the input.</param>
    public IReadOnlyList<long>? Numbers(string attribute, int input) =>
        schema.Attribute(attribute) is not null ? Integers(attribute) : Numbers(input);

    /// <summary>Axes or sizes that older versions of the operator have as an attribute and newer ones as an input; null where neither is given. A single axis may be a scalar.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="input">The position of the input.</param>
    public Variable? Axes(string attribute, int input) => schema.Attribute(attribute) is null ? Optional(input) is { Constant: { Rank: 0 } single } ? Variable.Of(single.Reshape(1)) : Optional(input)
        : Integers(attribute) is { } numbers ? Variable.Of(Value.Of(numbers.ToArray(), numbers.Count)) : null;

    /// <summary>States that two sizes are equal. Where one is a symbol that the file leaves open and the other a number, the symbol is that number in the
    /// whole model.</summary>
    /// <param name="size">The first size.</param>
    /// <param name="other">The second size.</param>
    public void Equate(Dim size, Dim other)
    {
        if (size.Symbol is { IsFresh: false } symbol && other.IsStatic)
            throw new SymbolKnownException(symbol.Name, other.Size, Operator);
        if (other.Symbol is { IsFresh: false } second && size.IsStatic)
            throw new SymbolKnownException(second.Name, size.Size, Operator);
    }

    private string Default(string name) => schema.Attribute(name) switch
    {
        { Default: { } text } => text,
        _ => throw new GraphException($"{Operator} (version {Version}) needs the attribute \"{name}\", found none."),
    };

    private string Schema(int input) => schema.Inputs[Math.Min(input, schema.Inputs.Count - 1)].Name;

    private T Typed<T>(string name, object value) => value is T typed
        ? typed
        : throw new GraphException($"{Operator} expects another kind of attribute \"{name}\", found {value.GetType().Name}.");
}
