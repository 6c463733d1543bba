using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What a shape rule is asked: the types of the inputs by position, and what is known of the numbers of small integer inputs.</summary>
public sealed class InferRequest
{
    private readonly Operation operation;
    private readonly TensorType?[] types;
    private readonly Func<int, IReadOnlyList<Dim>?> contents;
    private readonly Func<int, Value?> constants;
    private readonly List<Symbol> symbols = [];

    /// <summary>Asks for the results of an operation on inputs of which the types alone are known.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="types">The type of the input at each position, null where an optional one is left out.</param>
    public InferRequest(Operation operation, params ReadOnlySpan<TensorType?> types)
        : this(operation, types.ToArray(), _ => null, _ => null)
    {
    }

    /// <summary>Asks for the results of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">Its inputs.</param>
    public InferRequest(Operation operation, Arguments inputs)
        : this(operation, inputs.ByPosition(input => input?.Type), position => inputs.Optional(position)?.Content, position => inputs.Optional(position)?.Constant)
    {
    }

    private InferRequest(Operation operation, TensorType?[] types, Func<int, IReadOnlyList<Dim>?> contents, Func<int, Value?> constants)
    {
        this.constants = constants;
        this.operation = operation;
        this.types = types;
        this.contents = contents;
    }

    /// <summary>The operation that is asked.</summary>
    public Operation Operation => operation;

    /// <summary>The number of positions up to the last input that is present.</summary>
    public int Length => types.Length;

    /// <summary>The types of the inputs that are present, in order.</summary>
    public IReadOnlyList<TensorType> Present => [.. types.OfType<TensorType>()];

    /// <summary>The type of the input at a position.</summary>
    /// <param name="position">The position.</param>
    /// <exception cref="GraphException">The input is left out.</exception>
    public TensorType this[int position] => Has(position)
        ? types[position]!
        : throw new GraphException($"{operation.Name} expects an input at position {position} (counted from 0), found none.");

    /// <summary>The symbols that the results bind: sizes that depend on data.</summary>
    public IReadOnlyList<Symbol> Symbols => symbols;

    /// <summary>Whether there is an input at a position.</summary>
    /// <param name="position">The position.</param>
    public bool Has(int position) => position < types.Length && types[position] is not null;

    /// <summary>The elements of an integer scalar or vector where they are known when the graph is built: numbers, and sizes of symbolic dimensions.</summary>
    /// <param name="position">The position.</param>
    /// <returns>The elements; null where they are computed from data, where the input is left out, and for everything that is no short vector of integers.</returns>
    public IReadOnlyList<Dim>? Content(int position) => Has(position) ? contents(position) : null;

    /// <summary>The numbers of an input that is a constant; null for any other.</summary>
    /// <param name="position">The position.</param>
    public Value? Constant(int position) => Has(position) ? constants(position) : null;

    /// <summary>A size that depends on data: a symbol that no other equals, to stand in the type of a result, whose sizes give its value.</summary>
    /// <param name="name">The name in messages and files.</param>
    public Dim Fresh(string name)
    {
        var symbol = Symbol.Fresh(name);
        symbols.Add(symbol);
        return Dim.Of(symbol);
    }

    /// <summary>The request for the same operation on values: every size and every small integer is known.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="values">The values by position, null where an optional input is left out.</param>
    internal static InferRequest Of(Operation operation, IReadOnlyList<Value?> values) => new(
        operation,
        [.. values.Select(value => value is null ? null : new TensorType(value.DType, value.Shape))],
        position => values[position] is { } value ? Variable.ContentOf(value) : null,
        position => values[position]);

    /// <summary>The request with another type at a position.</summary>
    internal InferRequest With(int position, TensorType type)
    {
        TensorType?[] changed = [.. types];
        changed[position] = type;
        return new InferRequest(operation, changed, contents, constants);
    }

    /// <summary>A stand-in for the input at a position: of its type, and of its content where that is known.</summary>
    internal Variable? Placeholder(int position) => Has(position) ? Variable.Placeholder(types[position]!, contents(position)) : null;

    /// <summary>Says that the results bind a symbol which came up in a computation of their types.</summary>
    internal void Bind(Symbol symbol) => symbols.Add(symbol);
}
