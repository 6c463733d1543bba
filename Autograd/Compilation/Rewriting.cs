using Toolkit.Autograd.Compilation.Passes;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Compilation;

/// <summary>The passes over a computation before it is planned, in their order.</summary>
internal static class Rewriting
{
    /// <summary>Rewrites a computation by every pass that is switched on.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="options">The switches.</param>
    /// <param name="workers">The threads on which constants are folded.</param>
    /// <param name="fixParameters">Whether parameters become constants.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static Signature Apply(Signature signature, CompilationOptions options, Workers workers, bool fixParameters, CancellationToken cancellation) =>
        Passes(workers, fixParameters, cancellation).Where(pass => pass.IsOn(options)).Aggregate(signature, (rewritten, pass) => pass is TakeKnownBranches take
            ? Take(rewritten, take, new FoldConstants(workers, cancellation), options)
            : pass.Apply(rewritten));

    /// <summary>Behind a branch that is taken more sizes are known, and perhaps the condition of another.</summary>
    private static Signature Take(Signature signature, TakeKnownBranches take, FoldConstants fold, CompilationOptions options)
    {
        for (Signature taken = take.Apply(signature); !ReferenceEquals(taken, signature); taken = take.Apply(signature))
            signature = fold.IsOn(options) ? fold.Apply(taken) : taken;
        return signature;
    }

    private static IReadOnlyList<RewritingPass> Passes(Workers workers, bool fixParameters, CancellationToken cancellation) =>
    [
        .. fixParameters ? [new FixParameters()] : Array.Empty<RewritingPass>(),
        new MultiplyIntegers(),
        new ExpandOperations(),
        new WidenTypes(),
        new FoldConstants(workers, cancellation),
        new TakeKnownBranches(),
        new RemoveIdentities(),
        new FoldScales(),
        new MergeEqualNodes(),
        new ReadTransposed(),
        new ReadHalves(),
        new RecomputeActivations(),
    ];
}
