using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What the symbols of a body stand for where the body is used: those of its inputs for what the inputs of the node have there, sizes that depend on data inside for
/// fresh symbols. Others are symbols of the graph around.</summary>
/// <param name="body">The body.</param>
/// <param name="request">What the operation that uses it is asked.</param>
internal sealed class BodyBinding(Body body, InferRequest request)
{
    private readonly Dictionary<Symbol, Dim> dims = [];

    /// <summary>Binds the symbols to what the inputs of the node have. A number and a symbol fit: whether they are equal shows when the graph runs.</summary>
    public void Bind(IReadOnlyList<TensorType> inputs)
    {
        if (inputs.Count != body.Inputs.Count)
            throw new GraphException($"{request.Operation.Name} expects {body.Inputs.Count} inputs for its body {body}, found {inputs.Count}.");
        for (int i = 0; i < inputs.Count; i++)
        {
            (TensorType expected, TensorType found) = (body.Inputs[i].Type, inputs[i]);
            if (expected.DType != found.DType)
                throw new DTypeException($"{request.Operation.Name} expects {expected} as input {i} of its body, found {found}. Use Ops.Cast: types are never promoted silently.");
            if (expected.Shape.Rank != found.Shape.Rank || !expected.Shape.Zip(found.Shape).All(pair => Fits(pair.First, pair.Second)))
                throw new ShapeException($"{request.Operation.Name} expects {expected} as input {i} of its body, found {found}.");
        }
    }

    /// <summary>A shape of the body in terms of the graph around.</summary>
    public Shape Of(Shape shape) => dims.All(pair => pair.Key.Equals(pair.Value.Symbol)) ? shape : [.. shape.Select(dim => dim.Substitute(dims.GetValueOrDefault))];

    /// <summary>Gives sizes that depend on data inside the body symbols of the node.</summary>
    /// <param name="shapes">The shapes in which they occur.</param>
    public void Free(IReadOnlyList<Shape> shapes)
    {
        foreach (Symbol symbol in body.Nodes.SelectMany(node => node.Symbols).Where(symbol => shapes.Any(shape => shape.Any(dim => dim.Symbols.Contains(symbol)))))
            dims.TryAdd(symbol, request.Fresh(symbol.Name));
    }

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
