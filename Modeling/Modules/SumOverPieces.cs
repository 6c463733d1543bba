using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>The sum of a value over the pieces of a batch that a group of processes trains on: the same in every piece. Where the objective is Σₛ Lₛ over the pieces, the derivative of it with
/// respect to what one piece adds is the same sum, of the derivatives with respect to what each has got.</summary>
/// <remarks>No kernel computes it: a computation is cut there, and who runs the pieces sums.</remarks>
internal sealed record SumOverPieces : Operation
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => inputs[0] is { DType: DType.Float64, Shape.IsStatic: true } type
        ? [type]
        : throw new ShapeException($"Expected float64 of known sizes to be summed over the pieces of a batch, found {inputs[0]}.");

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Each(_ => request.Gradient(0) is { } gradient ? Apply(gradient) : null);
}
