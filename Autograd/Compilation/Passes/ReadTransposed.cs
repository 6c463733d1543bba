using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Shaping;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Products of stacks of matrices read transposed factors as they lie, and write a result that is transposed at once where it belongs (<see cref="StackedProduct"/>).</summary>
internal sealed class ReadTransposed : RewritingPass
{
    public override string Name => "read transposed";

    public override bool IsOn(CompilationOptions options) => options.ReadTransposed;

    public override Signature Apply(Signature signature)
    {
        var uses = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        IEnumerable<Variable> roots = signature.Outputs.Select(o => o.Variable).Concat(signature.Updates.Select(u => u.NewValue));
        foreach (Variable variable in signature.Nodes.SelectMany(n => n.Inputs).Concat(roots))
            uses[variable] = uses.GetValueOrDefault(variable) + 1;
        return new Transform(uses).Apply(signature);
    }

    private sealed class Transform(Dictionary<Variable, int> uses) : GraphTransform
    {
        // In a body uses are not counted.
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
            (node.Operation switch
            {
                MatMul => StackedProduct.OfFactors(node, inputs),
                Transpose when uses.GetValueOrDefault(node.Inputs[0]) == 1 => StackedProduct.OfResult(node, inputs[0]),
                _ => null,
            }) is { } same ? Through(node, inputs, same) : Rebuild(node, inputs);
    }
}
