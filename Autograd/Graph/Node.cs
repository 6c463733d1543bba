using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>The application of an operation to variables. Immutable but for its origin; made by <see cref="Operation.Apply"/>.</summary>
public sealed class Node
{
    private readonly Variable[] outputs;

    internal Node(Operation operation, Arguments inputs)
    {
        Operation = operation;
        Inputs = inputs;
        AllowedTypes.Check(operation, inputs);
        InferRequest request = InputTypes;
        IReadOnlyList<TensorType> results = operation.Infer(request);
        Symbols = request.Symbols;
        outputs = new Variable[results.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = Variable.Result(this, i, results[i]);
        }

        // Asked for here, contents are known from one node to the next; asked for later, through however many nodes lie before.
        foreach (Variable output in outputs)
        {
            output.LearnContent();
        }
    }

    /// <summary>Where the node comes from; null where nobody has said. It is given once (<see cref="Graph.Origin.Mark"/>) and takes no part in equality.</summary>
    public Origin? Origin { get; internal set; }

    /// <summary>What is computed.</summary>
    public Operation Operation { get; }

    /// <summary>The arguments.</summary>
    public Arguments Inputs { get; }

    /// <summary>The types of the arguments by position.</summary>
    public InferRequest InputTypes => new(Operation, Inputs);

    /// <summary>The results.</summary>
    public IReadOnlyList<Variable> Outputs => outputs;

    /// <summary>The symbols that the results bind; none where their sizes follow from those of the inputs.</summary>
    public IReadOnlyList<Symbol> Symbols { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operation.Name}({string.Join(", ", Inputs.Select(i => i.Type))})" + (Origin?.ToString() is { Length: > 0 } place ? $" of \"{place}\"" : string.Empty);
}
