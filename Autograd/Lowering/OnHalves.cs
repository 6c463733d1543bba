using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>An operation on float32 numbers that are given as halves: its blocks widen them, so that no float32 tensor lies in memory. It occurs in plans alone.</summary>
/// <param name="Wide">The operation; its first input alone is cut.</param>
internal sealed record OnHalves(Operation Wide) : Operation, IRunsInBlocks
{
    /// <inheritdoc/>
    public override string Name => Wide.Name;

    /// <summary>The same results from halves; null where no input is widened for the operation alone.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs.</param>
    public static IReadOnlyList<Variable>? Of(Node node, Arguments inputs) =>
        node.Operation is IRunsInBlocks cut and not IProduct && node.Symbols.Count == 0 && HalvesBehind(inputs[0]) is { } halves
            && cut.BlocksOf(new InferRequest(node.Operation, inputs), node.Outputs[0].Shape) is { Axes: [0] }
                ? new OnHalves(node.Operation).ApplyAll(new Arguments([halves, .. inputs.AsSpan()[1..]]))
                : null;

    /// <summary>What a cast widens to float32; null where there is no such cast.</summary>
    public static Variable? HalvesBehind(Variable variable) =>
        variable.Producer is { Operation: Cast { To: DType.Float32 } } cast && cast.Inputs[0].DType.IsHalf() ? cast.Inputs[0] : null;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => Wide.Infer(inputs.With(0, inputs[0] with { DType = DType.Float32 }));

    /// <inheritdoc/>
    public Blocks? BlocksOf(InferRequest inputs, Shape result) => ((IRunsInBlocks)Wide).BlocksOf(inputs, result);

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => ((IHasKernel)Wide).Lower(request);
}
