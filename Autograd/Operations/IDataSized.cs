using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>An operation whose results have sizes that depend on the numbers of its inputs (<see cref="InferRequest.Fresh"/>), so that no memory can be
/// given to them before it runs: it makes its results by itself.</summary>
public interface IDataSized
{
    /// <summary>Computes the results.</summary>
    /// <param name="request">The values of the inputs.</param>
    /// <returns>One new value for each result, of the inferred type.</returns>
    IReadOnlyList<Value> Evaluate(EvaluateRequest request);
}

/// <summary>What an operation is given that makes its results by itself.</summary>
public sealed class EvaluateRequest
{
    private readonly Operation operation;
    private readonly Value?[] inputs;

    /// <summary>Asks for the results.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">The values of the inputs by position, null where one is left out.</param>
    /// <param name="workers">The threads to use.</param>
    internal EvaluateRequest(Operation operation, Value?[] inputs, Workers workers)
    {
        this.operation = operation;
        this.inputs = inputs;
        Workers = workers;
    }

    /// <summary>The number of positions of inputs.</summary>
    public int Length => inputs.Length;

    /// <summary>The value of an input.</summary>
    /// <param name="position">The position.</param>
    /// <exception cref="GraphException">The input is left out.</exception>
    public Value this[int position] => Has(position)
        ? inputs[position]!
        : throw new GraphException($"{operation.Name} expects an input at position {position} (counted from 0), found none.");

    internal Workers Workers { get; }

    /// <summary>Whether there is an input at a position.</summary>
    /// <param name="position">The position.</param>
    public bool Has(int position) => position < inputs.Length && inputs[position] is not null;
}
