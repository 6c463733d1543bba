using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Lowering;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Operations that can widen halves by themselves, block by block, take them as they are stored (<see cref="OnHalves"/>).</summary>
internal sealed class ReadHalves : RewritingPass
{
    public override string Name => "read halves";

    public override bool IsOn(CompilationOptions options) => options.RemoveIdentities;

    public override Signature Apply(Signature signature) => new Transform().Apply(signature);

    private sealed class Transform : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
            inputs.Has(0) && OnHalves.Of(node, inputs) is { } same ? Through(node, inputs, same) : Rebuild(node, inputs);
    }
}
