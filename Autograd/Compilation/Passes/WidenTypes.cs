using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Lowering;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Casts around operations on types in which their kernels do not compute (<see cref="Widening"/>); those around elementwise operations run with them,
/// tile by tile.</summary>
internal sealed class WidenTypes : RewritingPass
{
    public override string Name => "widen types";

    // Without it there is nothing to run.
    public override bool IsOn(CompilationOptions options) => true;

    public override Signature Apply(Signature signature) => new Transform().Apply(signature);

    private sealed class Transform : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
            Widening.Of(node, inputs) is { } same ? Through(node, inputs, same) : Rebuild(node, inputs);
    }
}
