using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The mean of each window (ONNX <c>AveragePool</c>). Padded places count as zeros or not at all.</summary>
/// <param name="Kernel">Height and width of the window.</param>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Padding around the image: top, left, bottom, right.</param>
/// <param name="CountIncludePad">Whether padded places count.</param>
public sealed record AveragePool(IntList Kernel, IntList Strides, IntList Pads, bool CountIncludePad)
    : Pooling(Kernel, Strides, Pads), IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new AveragePool([2, 2], [2, 2], [0, 0, 0, 0], false), new ExampleInput(["batch", 2, 4, 5])),
        new(new AveragePool([3, 2], [1, 2], [1, 0, 1, 1], false), new ExampleInput([2, 1, 4, 5])),
        new(new AveragePool([3, 2], [1, 2], [1, 0, 1, 1], true), new ExampleInput([2, 1, 4, 5])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [Ops.AveragePool(node[0], PoolingNode.Options(node))];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        return [inputs[0] with { Shape = OutputShape(inputs[0]) }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
    [
        request.Gradient(0) is { } g
            ? new AveragePoolGradient(Kernel, Strides, Pads, CountIncludePad, [request[0].Shape[2].Size, request[0].Shape[3].Size]).Apply(g)
            : null,
    ];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [new OnnxAttribute("count_include_pad", CountIncludePad ? 1L : 0L), .. Attributes],
        RuntimeTypes = [DType.Float32],
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        AveragePooling.Forward<T>(KernelShape(x.Sizes, y.Sizes), CountIncludePad, x.Span<T>(), y.Span<T>(), arguments.Workers);
    }
}
