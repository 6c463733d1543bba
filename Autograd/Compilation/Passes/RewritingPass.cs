using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>One rewriting of a computation into another with the same results. Nodes that nothing needs any more disappear.</summary>
internal abstract class RewritingPass : Pass
{
    /// <summary>Rewrites a computation; the same object if there is nothing to do.</summary>
    /// <param name="signature">The computation.</param>
    public abstract Signature Apply(Signature signature);
}
