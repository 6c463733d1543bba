using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What the symbols of a body's inputs stand for where the body is used. A symbol that no input carries alone is one of the graph around.</summary>
/// <param name="body">The body.</param>
/// <param name="operation">The operation that uses it, for messages.</param>
internal sealed class BodyBinding(Body body, Operation operation)
{
    private readonly Dictionary<string, Dim> dims = new(StringComparer.Ordinal);

    /// <summary>Binds the symbols to what the inputs of the node have. A number and a symbol fit: whether they are equal shows when the graph runs.</summary>
    public void Bind(IReadOnlyList<TensorType> inputs)
    {
        if (inputs.Count != body.Inputs.Count)
            throw new GraphException($"{operation.Name} expects {body.Inputs.Count} inputs for its body {body}, found {inputs.Count}.");
        for (int i = 0; i < inputs.Count; i++)
        {
            (TensorType expected, TensorType found) = (body.Inputs[i].Type, inputs[i]);
            if (expected.DType != found.DType)
                throw new DTypeException($"{operation.Name} expects {expected} as input {i} of its body, found {found}. Use Ops.Cast: types are never promoted silently.");
            if (expected.Shape.Rank != found.Shape.Rank || !expected.Shape.Zip(found.Shape).All(pair => Fits(pair.First, pair.Second)))
                throw new ShapeException($"{operation.Name} expects {expected} as input {i} of its body, found {found}.");
        }
    }

    /// <summary>A shape of the body in terms of the graph around.</summary>
    public Shape Of(Shape shape) => dims.All(pair => pair.Value.Symbol == pair.Key) ? shape : [.. shape.Select(dim => dim.Substitute(dims))];

    private bool Fits(Dim expected, Dim found)
    {
        if (expected.Symbol is not { } symbol)
            return !expected.IsStatic || !found.IsStatic || expected == found;
        if (dims.TryAdd(symbol, found))
            return true;
        Dim bound = dims[symbol];
        if (!bound.IsStatic && found.IsStatic)
            dims[symbol] = found;
        return !bound.IsStatic || !found.IsStatic || bound == found;
    }
}
