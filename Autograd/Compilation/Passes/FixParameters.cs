using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Parameters become constants of their present values, so that what follows from them can be computed once.</summary>
internal sealed class FixParameters : RewritingPass
{
    public override string Name => "fix parameters";

    public override bool IsOn(CompilationOptions options) => true;

    public override Signature Apply(Signature signature) => new Transform().Apply(signature);

    private sealed class Transform : GraphTransform
    {
        protected override Variable Leaf(Variable leaf) => leaf.Parameter is { } parameter ? Variable.Of(parameter.Value.Clone()) : leaf;
    }
}
