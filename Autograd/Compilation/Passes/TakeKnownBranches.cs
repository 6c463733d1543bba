using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>An If whose condition is a constant becomes the branch that is taken.</summary>
internal sealed class TakeKnownBranches : RewritingPass
{
    public override string Name => "take known branches";

    public override bool IsOn(CompilationOptions options) => options.TakeKnownBranches;

    public override Signature Apply(Signature signature) => new Transform().Apply(signature);

    private sealed class Transform : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs)
        {
            if (node.Operation is not If choice || inputs[0].Constant is not { } condition)
                return Rebuild(node, inputs);
            Body taken = condition.Span<bool>()[0] ? choice.Then : choice.Else;
            return Through(node, inputs, taken.Apply([.. inputs.Skip(1)]));
        }
    }
}
