using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>Nodes whose inputs are all constants are computed at compile time, if their results are small.</summary>
internal sealed class FoldConstants(Workers workers, CancellationToken cancellation) : RewritingPass
{
    // Folding a large constant would trade a little time for much memory.
    public const int LargestCount = 4096;

    public override string Name => "fold constants";

    public override bool IsOn(CompilationOptions options) => options.FoldConstants;

    public override Signature Apply(Signature signature) => new Transform(workers, cancellation).Apply(signature);

    private sealed class Transform(Workers workers, CancellationToken cancellation) : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Variable> outputs = Rebuild(node, inputs);
            if (outputs.All(o => o.Content?.All(d => d.IsStatic) == true))
            {
                return [.. outputs.Select(o => Variable.Of(o.KnownValue()!))];
            }

            bool isSmall = inputs.Length > 0
                && node.Operation is not IHasBodies
                && inputs.All(i => i.Constant is not null)
                && outputs.All(o => o.Shape.IsStatic && Value.CountOf(o.Shape.ToSizes()) <= LargestCount);
            if (!isSmall)
            {
                return outputs;
            }

            Value[] results = [.. outputs.Select(o => Value.Zeros(o.DType, o.Shape.ToSizes()))];
            KernelChoice.Run(node.Operation, inputs.ByPosition(i => i?.Constant!), results, workers);
            return [.. results.Select(Variable.Of)];
        }
    }
}
