using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>The application of an operation to variables. Immutable; made by <see cref="Operation.Apply"/>.</summary>
public sealed class Node
{
    private readonly Variable[] inputs;
    private readonly Variable[] outputs;

    internal Node(Operation operation, ReadOnlySpan<Variable> inputs)
    {
        Operation = operation;
        this.inputs = inputs.ToArray();
        var types = new TensorType[inputs.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = inputs[i].Type;
        }

        IReadOnlyList<TensorType> results = operation.Infer(types);
        outputs = new Variable[results.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = Variable.Result(this, i, results[i]);
        }
    }

    /// <summary>What is computed.</summary>
    public Operation Operation { get; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<Variable> Inputs => inputs;

    /// <summary>The results.</summary>
    public IReadOnlyList<Variable> Outputs => outputs;

    /// <inheritdoc/>
    public override string ToString() => $"{Operation.Name}({string.Join(", ", inputs.Select(i => i.Type))})";
}
