using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// The gradients of <see cref="LayerNormalization"/> with respect to x, the scale and the bias, in one pass; written in other operations it is differentiated again and exported.
/// </summary>
/// <remarks>Inputs: x, the scale, of the sizes of the normalized axes, the mean, 1/√(variance + ε), and the gradient of y.</remarks>
/// <param name="Axis">The first of the normalized axes, counted from 0.</param>
public sealed record LayerNormalizationGradient(int Axis) : Operation, IRunsInBlocks, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new LayerNormalizationGradient(1), new ExampleInput(["batch", 5]), new([5]), new(["batch", 1]), new(["batch", 1], Low: 0.5), new(["batch", 5])),
        new(new LayerNormalizationGradient(1), new ExampleInput([3, 2, 3]), new([2, 3]), new([3, 1, 1]), new([3, 1, 1], Low: 0.5), new([3, 2, 3])),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0], inputs[1], inputs[1]];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable scale, Variable inverse, Variable g) = (inputs[0], inputs[1], inputs[3], inputs[4]);
        if (x.DType.IsHalf())
            return [.. Expand(inputs.Map(input => input.Cast(DType.Float32))).Select((gradient, i) => gradient.Cast(inputs[i == 0 ? 0 : 1].DType))];
        IntList rows = [.. Enumerable.Range(0, Axis)], own = [.. Enumerable.Range(Axis, x.Shape.Rank - Axis)];
        Variable normal = (x - inputs[2]) * inverse, scaled = g * scale;
        return
        [
            inverse * (scaled - Ops.Mean(scaled, own, keepDims: true) - (normal * Ops.Mean(normal * scaled, own, keepDims: true))),
            Axis == 0 ? g * normal : Ops.Sum(g * normal, rows),
            Axis == 0 ? g : Ops.Sum(g, rows),
        ];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;

    /// <summary>By the leading axis, unless it is normalized; the gradients of scale and bias are sums over all rows.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => Axis == 0 ? null : new([0, -1, 0, 0, 0], Results: [0, -1, -1]);

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        (int rows, int width) = LayerNormalization.RowsOf(request, Axis);
        return request.Floating(request.Type(0), Compute<float>, Compute<double>);

        unsafe void Compute<T>(KernelArguments a)
            where T : unmanaged, IFloatingPointIeee754<T> => RowNormalizationGradient<T>.Run(
                new()
                {
                    X = a.Inputs[0].Pointer<T>(),
                    Scale = a.Inputs[1].Pointer<T>(),
                    Mean = a.Inputs[2].Pointer<T>(),
                    Inverse = a.Inputs[3].Pointer<T>(),
                    Gradient = a.Inputs[4].Pointer<T>(),
                    OfX = request.Wants(0) ? a.Outputs[0].Pointer<T>() : null,
                    OfScale = request.Wants(1) ? a.Outputs[1].Pointer<T>() : null,
                    OfShift = request.Wants(2) ? a.Outputs[2].Pointer<T>() : null,
                    Rows = rows,
                    Width = width,
                },
                a.Workers);
    }
}
