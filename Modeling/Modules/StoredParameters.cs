using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>A computation whose parameters are stored in the type in which they are read: a copy, of the same name and role, stands for each that nothing reads but casts to that type, of
/// the parameter itself, under other sizes, or of parts of it, such as rows of a table.</summary>
internal sealed class StoredParameters : GraphTransform
{
    private readonly DType type;
    private readonly ILookup<Variable, Node> readers;
    private readonly HashSet<Variable> shown;

    private StoredParameters(DType type, Signature signature)
    {
        this.type = type;
        readers = signature.Nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (input, node))).ToLookup(pair => pair.input, pair => pair.node);
        shown = [.. signature.Outputs.Select(output => output.Variable)];
        foreach (Parameter parameter in signature.Parameters.Where(parameter => IsCast(parameter.Variable)))
        {
            Value value = Value.Zeros(type, parameter.Value.Sizes);
            for (int i = 0; i < value.Count; i++)
                value[i] = parameter.Value[i];
            if (Finite.All(parameter.Value) && Finite.Fault(parameter.Name, value) is { } fault)
                throw new GraphException($"Expected parameters within the range of {type}, found that there {fault}.");
            Set(parameter.Variable, new Parameter(parameter.Name, value, parameter.Role).Variable);
        }
    }

    /// <summary>The same computation.</summary>
    /// <param name="type">The type in which parameters are read.</param>
    /// <param name="signature">The computation.</param>
    /// <exception cref="GraphException">A parameter is beyond the greatest number of the type.</exception>
    public static Signature In(DType type, Signature signature) => new StoredParameters(type, signature).Apply(signature);

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
        node.Operation is Cast { To: var to } && node.Inputs[0].DType != to && inputs[0].DType == to ? [inputs[0]] : Rebuild(node, inputs);

    private bool IsCast(Variable variable) => !shown.Contains(variable) && readers[variable].All(node =>
        (node.Operation is Cast cast && cast.To == type) || (node.Operation is IView view && node.Inputs[view.Viewed] == variable && IsCast(node.Outputs[0]))
        || (node.Operation is IMovesElements && node.Inputs.Count(input => input.DType.IsFloating()) == 1 && IsCast(node.Outputs[0])));
}
