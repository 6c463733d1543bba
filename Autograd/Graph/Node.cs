using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>The application of an operation to variables. Immutable; made by <see cref="Operation.Apply"/>.</summary>
public sealed class Node
{
    private readonly Variable[] outputs;

    internal Node(Operation operation, Arguments inputs)
    {
        Operation = operation;
        Inputs = inputs;
        IReadOnlyList<TensorType> results = operation.Infer(InputTypes);
        outputs = new Variable[results.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = Variable.Result(this, i, results[i]);
        }
    }

    /// <summary>What is computed.</summary>
    public Operation Operation { get; }

    /// <summary>The arguments.</summary>
    public Arguments Inputs { get; }

    /// <summary>The types of the arguments by position.</summary>
    public InferRequest InputTypes => new(Operation, Inputs);

    /// <summary>The results.</summary>
    public IReadOnlyList<Variable> Outputs => outputs;

    /// <inheritdoc/>
    public override string ToString() => $"{Operation.Name}({string.Join(", ", Inputs.Select(i => i.Type))})";
}
