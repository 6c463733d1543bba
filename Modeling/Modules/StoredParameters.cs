using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>A computation whose parameters are stored in the type in which they are read: a copy, of the same name and role, stands for each that nothing reads but casts to that type.</summary>
internal sealed class StoredParameters : GraphTransform
{
    private readonly Dictionary<Variable, Variable> copies = new(ReferenceEqualityComparer.Instance);

    private StoredParameters(DType type, Signature signature)
    {
        var others = new HashSet<Variable>(signature.Outputs.Select(output => output.Variable), ReferenceEqualityComparer.Instance);
        others.UnionWith(signature.Nodes.Where(node => node.Operation is not Cast cast || cast.To != type).SelectMany(node => node.Inputs));
        foreach (Parameter parameter in signature.Parameters.Where(parameter => !others.Contains(parameter.Variable)))
        {
            Value value = Value.Zeros(type, parameter.Value.Sizes);
            for (int i = 0; i < value.Count; i++)
                value[i] = parameter.Value[i];
            copies[parameter.Variable] = new Parameter(parameter.Name, value, parameter.Role).Variable;
        }
    }

    /// <summary>The same computation.</summary>
    /// <param name="type">The type in which parameters are read.</param>
    /// <param name="signature">The computation.</param>
    public static Signature In(DType type, Signature signature) => new StoredParameters(type, signature).Apply(signature);

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
        node.Operation is Cast && copies.TryGetValue(node.Inputs[0], out Variable? copy) ? [copy] : Rebuild(node, inputs);
}
