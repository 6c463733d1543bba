using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Equal nodes become one (<see cref="Merging"/>).</summary>
internal sealed class MergeEqualNodes : RewritingPass
{
    public override string Name => "merge equal nodes";

    public override bool IsOn(CompilationOptions options) => options.MergeEqualNodes;

    public override Signature Apply(Signature signature) => new Merging().Apply(signature);
}
