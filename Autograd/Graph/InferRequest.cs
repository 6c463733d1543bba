using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What a shape rule is asked: the types of the inputs by position.</summary>
public sealed class InferRequest
{
    private readonly Operation operation;
    private readonly TensorType?[] types;

    /// <summary>Asks for the results of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="types">The type of the input at each position, null where an optional one is left out.</param>
    public InferRequest(Operation operation, params ReadOnlySpan<TensorType?> types)
    {
        this.operation = operation;
        this.types = types.ToArray();
    }

    /// <summary>Asks for the results of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">Its inputs.</param>
    public InferRequest(Operation operation, Arguments inputs)
    {
        this.operation = operation;
        types = new TensorType?[inputs.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = inputs.Optional(i)?.Type;
        }
    }

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

    /// <summary>Whether there is an input at a position.</summary>
    /// <param name="position">The position.</param>
    public bool Has(int position) => position < types.Length && types[position] is not null;
}
