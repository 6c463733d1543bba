using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>The sizes that a set of input values gives to the symbols of a signature.</summary>
internal sealed class Binding
{
    private readonly Dictionary<Symbol, int> sizes;

    private Binding(Dictionary<Symbol, int> sizes) => this.sizes = sizes;

    public IReadOnlyDictionary<Symbol, int> Sizes => sizes;

    /// <summary>Checks every value against its input and collects the sizes of symbols.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="values">One value for each input.</param>
    /// <param name="outer">For a body the sizes of the graph around it; null for none.</param>
    public static Binding Of(Signature signature, ReadOnlySpan<Value> values, IReadOnlyDictionary<Symbol, int>? outer = null)
    {
        RequireCount(signature, values.Length);
        var sizes = new Dictionary<Symbol, int>();
        for (int i = 0; i < values.Length; i++)
        {
            Variable input = signature.Inputs[i];
            if (values[i].DType != input.DType)
            {
                throw new DTypeException($"Expected {input.Type} for the input \"{input.Name}\", found {values[i].Type}.");
            }

            if (values[i].Rank != input.Shape.Rank)
            {
                throw new ShapeException($"Expected {input.Type} for the input \"{input.Name}\", found {values[i].Type}.");
            }

            for (int axis = 0; axis < input.Shape.Rank; axis++)
            {
                Bind(input, axis, values[i], sizes);
            }
        }

        foreach ((Symbol symbol, int size) in outer ?? new Dictionary<Symbol, int>())
            sizes.TryAdd(symbol, size);
        for (int i = 0; i < values.Length; i++)
            RequireComputedSizes(signature.Inputs[i], values[i], sizes);
        return new Binding(sizes);
    }

    /// <summary>Checks the number of values.</summary>
    public static void RequireCount(Signature signature, int count)
    {
        if (count != signature.Inputs.Count)
        {
            throw new GraphException(
                $"Expected {signature.Inputs.Count} values for the inputs {string.Join(", ", signature.Inputs)} of \"{signature.Name}\", found {count}.");
        }
    }

    /// <summary>Inputs of bodies may have sizes that follow from symbols.</summary>
    private static void RequireComputedSizes(Variable input, Value value, Dictionary<Symbol, int> sizes)
    {
        for (int axis = 0; axis < value.Rank; axis++)
        {
            Dim dim = input.Shape[axis];
            if (!dim.IsStatic && dim.Symbol is null && dim.Evaluate(sizes) != value.Sizes[axis])
                throw new ShapeException($"Expected {input.Type} for the input \"{input.Name}\" with {dim} = {dim.Evaluate(sizes)}, found {value.Type}.");
        }
    }

    /// <summary>Collects the sizes that depend on data from the results of a node, and checks the others.</summary>
    /// <exception cref="ShapeException">A result has another size than its type says.</exception>
    public void Add(Node node, IReadOnlyList<Value> results)
    {
        for (int i = 0; i < results.Count; i++)
        {
            Shape shape = node.Outputs[i].Shape;
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                if (shape[axis].Symbol is { IsFresh: true } symbol && node.Symbols.Contains(symbol))
                {
                    sizes.TryAdd(symbol, results[i].Sizes[axis]);
                }
            }
        }

        for (int i = 0; i < results.Count; i++)
        {
            if (!node.Outputs[i].Shape.Evaluate(sizes).AsSpan().SequenceEqual(results[i].Sizes))
            {
                throw new ShapeException($"Expected {node.Outputs[i].Type} as result {i} of {node}, found {results[i]}.");
            }
        }
    }

    private static void Bind(Variable input, int axis, Value value, Dictionary<Symbol, int> sizes)
    {
        Dim dim = input.Shape[axis];
        if (!dim.IsStatic && dim.Symbol is null)
            return;
        int size = value.Sizes[axis];
        int expected = dim.Symbol is { } symbol
            ? sizes.TryGetValue(symbol, out int known) ? known : sizes[symbol] = size
            : dim.Size;
        if (size != expected)
        {
            throw new ShapeException(
                $"Expected {input.Type} for the input \"{input.Name}\"{(dim.Symbol is null ? string.Empty : $" with {dim} = {expected}")}, found {value.Type}.");
        }
    }
}
