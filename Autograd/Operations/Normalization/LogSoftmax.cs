using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// xᵢ − ln Σⱼ e^xⱼ along an axis (ONNX <c>LogSoftmax</c>; book equation 6.30), stable for any finite x (equation 6.33): the logarithm never sees a
/// probability that was rounded to 0. Gradient G − e^y·Σ G.
/// </summary>
/// <param name="Axis">The axis, counted from 0.</param>
public sealed record LogSoftmax(int Axis) : Operation, IRunsInBlocks, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
        [new(new LogSoftmax(1), new ExampleInput(["batch", 4])), new(new LogSoftmax(1), new ExampleInput([2, 3, 4])), new(new LogSoftmax(0), new ExampleInput([5]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => OldAxes.Along(node, (x, axis) => Ops.LogSoftmax(x, axis));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Require.Floating(this, inputs[0].DType);
        _ = inputs[0].Shape.Axis(Axis);
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <summary>By the leading axis, unless the sums run along it.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => Axis == 0 ? null : new([0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        Variable y = request.Result(0);
        if (request.Gradient(0) is not { } g)
            return request.Zero;

        // Where all of a row is −∞ its results are NaN, but they do not depend on the logits.
        Variable isMasked = new And().Apply(Ops.Equal(request[0], Variable.Scalar(double.NegativeInfinity, y.DType)), new Not().Apply(Ops.Equal(y, y)));
        return [Ops.Where(isMasked, 0, g - (Ops.Exp(y) * Ops.Sum(g, [Axis], keepDims: true)))];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        (int outer, int size, int inner) = Layout.Around(x.Sizes, Axis);
        Kernels.Softmax.LogForward(x.Span<T>(), outer, size, inner, y.Span<T>(), arguments.Workers);
    }
}
