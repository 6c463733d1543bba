using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Operations without a kernel give way to the operations that they are made of.</summary>
internal sealed class ExpandOperations : RewritingPass
{
    public override string Name => "expand operations";

    // Without it there is nothing to run.
    public override bool IsOn(CompilationOptions options) => true;

    public override Signature Apply(Signature signature) => new Transform().Apply(signature);

    private sealed class Transform : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => node.Operation is IDataSized || (node.Operation is IHasKernel kernel && kernel.Computes(inputs))
            ? Rebuild(node, inputs)
            : Through(node, inputs, node.Operation.Expand(inputs) ?? throw new GraphException($"{node} has neither a kernel nor an expansion."));
    }
}
