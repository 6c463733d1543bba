using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>One rewriting of a computation into another with the same results. Nodes that nothing needs any more disappear.</summary>
internal abstract class Pass
{
    /// <summary>What the pass does, in two or three words.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the pass is switched on.</summary>
    /// <param name="options">The switches.</param>
    public abstract bool IsOn(CompilationOptions options);

    /// <summary>Rewrites a computation; the same object if there is nothing to do.</summary>
    /// <param name="signature">The computation.</param>
    public abstract Signature Apply(Signature signature);
}
