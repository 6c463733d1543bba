using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Biases and rectifiers move into the products before them (<see cref="Epilogues"/>).</summary>
internal sealed class FuseEpilogues : Pass
{
    public override string Name => "fuse epilogues";

    public override bool IsOn(CompilationOptions options) => options.FuseEpilogues;

    public override Signature Apply(Signature signature) => Epilogues.Rewrite(signature);
}
