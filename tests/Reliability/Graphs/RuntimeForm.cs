using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Graphs;

/// <summary>
/// A graph as ONNX Runtime computes it where that is known not to be what the standard says: <c>MeanVarianceNormalization</c> of float32 divides by the deviation alone, without the 10⁻⁹ beside it (that of float64 is exported written out), and <c>NonZero</c> of a scalar gives
/// places along one axis, as NumPy does, where the standard has none.
/// </summary>
internal sealed class RuntimeForm : GraphTransform
{
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => node.Operation switch
    {
        MeanVarianceNormalization { Axes: var axes } when inputs[0].DType != DType.Float64 => [Standardized(inputs[0], axes)],
        NonZero when inputs[0].Shape.Rank == 0 => [new NonZero().Apply(Ops.Reshape(inputs[0], [1]))],
        _ => Rebuild(node, inputs),
    };

    private static Variable Standardized(Variable argument, IntList axes)
    {
        Variable x = ElementType.Of(argument.DType).IsHalf ? Ops.Cast(argument, DType.Float32) : argument, centered = x - Ops.Mean(x, axes, keepDims: true);
        return Ops.Cast(centered / Ops.Sqrt(Ops.Mean(centered * centered, axes, keepDims: true)), argument.DType);
    }
}
