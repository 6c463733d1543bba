using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>Runs a body.</summary>
/// <param name="body">The body.</param>
/// <param name="inputs">One value for each input.</param>
/// <param name="outputs">A place for each output, in memory of its own; where there is none, or none that fits, one is made.</param>
public delegate void BodyRunner(Body body, ReadOnlySpan<Value> inputs, Span<Value> outputs);

/// <summary>One run of an operation with bodies: its inputs, places for its results, and what runs a body.</summary>
public sealed class BodyRun
{
    private readonly Value?[] inputs;
    private readonly Value?[] results;
    private readonly bool[] isWanted;
    private readonly BodyRunner runner;
    private readonly Func<Symbol, int?> sizeOf;

    /// <summary>Describes a run.</summary>
    /// <param name="inputs">The inputs by position; null where one is left out.</param>
    /// <param name="places">A place for each result whose sizes are known beforehand; null for others.</param>
    /// <param name="isWanted">Whether anybody reads a result; null where those that have a place are read.</param>
    /// <param name="limits">What a loop may take.</param>
    /// <param name="sizeOf">The size of a symbol of the graph around; null where it is not known.</param>
    /// <param name="runner">What runs a body.</param>
    public BodyRun(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> places, bool[]? isWanted, LoopLimits limits, Func<Symbol, int?> sizeOf, BodyRunner runner)
    {
        this.sizeOf = sizeOf;
        Limits = limits;
        this.inputs = inputs.ToArray();
        results = places.ToArray();
        this.isWanted = isWanted ?? [.. results.Select(result => result is not null)];
        this.runner = runner;
    }

    /// <summary>What a loop may take.</summary>
    public LoopLimits Limits { get; }

    /// <summary>The number of positions of inputs.</summary>
    public int Length => inputs.Length;

    /// <summary>The results; null where nobody reads one.</summary>
    public IReadOnlyList<Value?> Results => results;

    /// <summary>An input.</summary>
    /// <param name="position">Its position.</param>
    public Value this[int position] => inputs[position]!;

    /// <summary>Whether there is an input at a position.</summary>
    /// <param name="position">The position.</param>
    public bool Has(int position) => position < inputs.Length && inputs[position] is not null;

    /// <summary>Whether anybody reads a result.</summary>
    /// <param name="output">Its position.</param>
    public bool Wants(int output) => isWanted[output];

    /// <summary>Runs a body.</summary>
    /// <param name="body">One of the operation's bodies.</param>
    /// <param name="arguments">One value for each of its inputs.</param>
    /// <param name="outputs">A place for each output; where there is none, or none that fits, one is made.</param>
    public void Run(Body body, ReadOnlySpan<Value> arguments, Span<Value> outputs) => runner(body, arguments, outputs);

    /// <summary>The sizes that a result of a body would have that has not run: those that follow from its inputs and the graph around; 0 for those that running would tell.</summary>
    /// <param name="body">The body.</param>
    /// <param name="shape">A shape of it.</param>
    /// <param name="arguments">One value for each of its inputs.</param>
    public int[] SizesOf(Body body, Shape shape, ReadOnlySpan<Value> arguments)
    {
        var known = new Dictionary<Symbol, int>();
        for (int i = 0; i < arguments.Length; i++)
        {
            for (int axis = 0; axis < arguments[i].Rank; axis++)
            {
                if (body.Inputs[i].Shape[axis].Symbol is { } symbol)
                    known.TryAdd(symbol, arguments[i].Sizes[axis]);
            }
        }

        foreach (Symbol symbol in shape.SelectMany(dim => dim.Symbols))
        {
            if (sizeOf(symbol) is { } size)
                known.TryAdd(symbol, size);
        }

        return [.. shape.Select(dim => dim.Symbols.All(known.ContainsKey) ? dim.Evaluate(known) : 0)];
    }

    /// <summary>The place of a result of given sizes, to be written.</summary>
    /// <param name="output">The position of the result.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="sizes">Its sizes.</param>
    /// <exception cref="ShapeException">Other sizes have been foreseen.</exception>
    public Value Place(int output, DType type, params ReadOnlySpan<int> sizes)
    {
        Value place = results[output] ??= Value.Zeros(type, sizes);
        return place.Sizes.SequenceEqual(sizes)
            ? place
            : throw new ShapeException($"Expected the sizes {place.Shape} of result {output}, found {Shape.OfSizes(sizes)}.");
    }

    /// <summary>Sets a result to a copy of a value; nothing happens where nobody reads it.</summary>
    /// <param name="output">The position of the result.</param>
    /// <param name="value">The value.</param>
    public void Set(int output, Value value)
    {
        if (Wants(output))
            Place(output, value.DType, value.Sizes).CopyFrom(value);
    }

    /// <summary>Sets a result to a value that nobody else has: the value itself where there is no place for the result, otherwise a copy. Nothing happens where nobody reads
    /// it.</summary>
    /// <param name="output">The position of the result.</param>
    /// <param name="value">The value.</param>
    public void Give(int output, Value value)
    {
        if (Wants(output) && results[output] is null)
            results[output] = value;
        else if (!ReferenceEquals(results[output], value))
            Set(output, value);
    }
}
