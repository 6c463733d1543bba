using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The mean of each channel over all positions, axes 2 and on, which stay with size 1 (ONNX <c>GlobalAveragePool</c>).</summary>
public sealed record GlobalAveragePool : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => [new(new GlobalAveragePool(), new ExampleInput(["batch", 2, 3, 4])), new(new GlobalAveragePool(), new ExampleInput([2, 3, 4]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new GlobalAveragePool().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => inputs[0].Shape.Rank > 2
        ? [Ops.Mean(inputs[0], [.. Enumerable.Range(2, inputs[0].Shape.Rank - 2)], keepDims: true)]
        : throw new ShapeException($"{Name} expects an image [N, C, …], found {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };
}
