using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>
/// A symbol that stands for a tensor: an input, a parameter, a constant or the result of an operation. Variables are immutable and
/// have identity; numbers come in only when a function runs. Operators and functions on variables are in <c>Toolkit.Autograd.Operations</c>.
/// </summary>
public sealed class Variable
{
    // Shapes, axes and pads are short; a longer vector is data.
    internal const int LargestContent = 64;

    private IReadOnlyList<Dim>? content;
    private bool isContentAsked;

    private Variable(TensorType type, string? name)
    {
        Type = type;
        Name = name;
    }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>The element type.</summary>
    public DType DType => Type.DType;

    /// <summary>The shape, symbols allowed.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The name of an input or parameter; null for constants and results.</summary>
    public string? Name { get; }

    /// <summary>The node whose result this is; null for inputs, parameters and constants.</summary>
    public Node? Producer { get; private init; }

    /// <summary>The position among the results of <see cref="Producer"/>.</summary>
    public int OutputIndex { get; private init; }

    /// <summary>The parameter that this variable reads, if it is one.</summary>
    public Parameter? Parameter { get; private init; }

    /// <summary>The numbers of a constant, if it is one; not to be written to.</summary>
    public Value? Constant { get; private init; }

    /// <summary>The elements of a scalar or vector of integers where they are known when the graph is built: numbers, and sizes of symbolic dimensions, such as
    /// the batch that <c>Shape</c> reads; of truth values 1 and 0. Null for everything else.</summary>
    public IReadOnlyList<Dim>? Content
    {
        get
        {
            LearnContent();
            return content;
        }
    }

    /// <summary>Whether this is an input: something that a caller binds to a value.</summary>
    public bool IsInput => Producer is null && Parameter is null && Constant is null;

    /// <summary>Creates an input.</summary>
    /// <param name="name">The name, which an exported model keeps.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The shape; each dimension is a number or a single symbol such as <c>"batch"</c>.</param>
    /// <exception cref="ShapeException">A dimension is neither a number nor a single symbol.</exception>
    public static Variable Input(string name, DType type, Shape shape)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        foreach (Dim dim in shape)
        {
            if (!dim.IsStatic && dim.Symbol is not { IsFresh: false })
            {
                throw new ShapeException($"Expected numbers or single symbols as dimensions of the input \"{name}\", found {shape}.");
            }
        }

        return new Variable(new TensorType(type, shape), name);
    }

    /// <summary>Creates a constant. The value must not be changed afterwards.</summary>
    /// <param name="value">The numbers.</param>
    public static Variable Of(Value value) => new(new TensorType(value.DType, value.Shape), null) { Constant = value };

    /// <summary>Creates a scalar constant.</summary>
    /// <param name="number">The number, converted to the element type.</param>
    /// <param name="type">The element type.</param>
    public static Variable Scalar(double number, DType type) => Of(Value.Full(number, type));

    /// <summary>A symbol of a type, to ask what operations would make of it; dimensions may be of any form.</summary>
    internal static Variable Placeholder(TensorType type, IReadOnlyList<Dim>? content, string name = "placeholder") => new(type, name) { content = content, isContentAsked = true };

    /// <summary>An input of a body, which stands for a variable of the graph around it.</summary>
    internal static Variable Formal(string name, TensorType type, IReadOnlyList<Dim>? content) => new(type, name) { content = content, isContentAsked = true };

    internal static Variable Of(Parameter parameter) =>
        new(new TensorType(parameter.Value.DType, parameter.Value.Shape), parameter.Name) { Parameter = parameter };

    internal static Variable Result(Node producer, int outputIndex, TensorType type) =>
        new(type, null) { Producer = producer, OutputIndex = outputIndex };

    /// <summary>The numbers that are known when the graph is built (<see cref="Content"/>), or null where there are none, or they depend on symbols.</summary>
    public Value? KnownValue() => Content is { } known && known.All(dim => dim.IsStatic) ? ValueFor(_ => null) : null;

    /// <summary>The numbers of a known content.</summary>
    /// <param name="sizeOf">The value of each symbol.</param>
    internal Value ValueFor(Func<Symbol, long?> sizeOf)
    {
        Value value = Value.Zeros(DType, Shape.ToSizes());
        for (int i = 0; i < value.Count; i++)
        {
            long number = Content![i].Evaluate(sizeOf);
            if (DType == DType.Int64)
                value.Span<long>()[i] = number;
            else if (DType == DType.Bool)
                value.Span<bool>()[i] = number != 0;
            else
                value.Span<int>()[i] = checked((int)number);
        }

        return value;
    }

    /// <summary>Finds the content, once: that nothing is known is kept as well, or it would be asked of every path through the graph again.</summary>
    internal void LearnContent()
    {
        if (!isContentAsked)
        {
            isContentAsked = true;
            content = !MayHaveContent(DType, Shape.Rank) ? null : Constant is { } value ? ContentOf(value) : Producer?.Operation.Content(Producer, OutputIndex);
        }
    }

    /// <summary>The elements of a short vector or a scalar of integers; null for everything else.</summary>
    internal static IReadOnlyList<Dim>? ContentOf(Value value) => MayHaveContent(value.DType, value.Rank) && value.Count <= LargestContent
        ? [.. Enumerable.Range(0, value.Count).Select(i => Dim.OfNumber(value.DType == DType.Int64 ? value.Span<long>()[i] : (long)value[i]))]
        : null;

    private static bool MayHaveContent(DType type, int rank) => type is DType.Int64 or DType.Int32 or DType.Bool && rank <= 1;

    /// <inheritdoc/>
    public override string ToString() =>
        Producer is not null ? $"{Producer.Operation.Name}:{Type}" : Constant is not null ? $"constant:{Type}" : $"{Name}:{Type}";
}
