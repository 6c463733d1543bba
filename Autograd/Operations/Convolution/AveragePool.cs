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
    : Pooling(Kernel, Strides, Pads), IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new AveragePool([2, 2], [2, 2], [0, 0, 0, 0], false), new ExampleInput(["batch", 2, 4, 5])),
        new(new AveragePool([3, 2], [1, 2], [1, 0, 1, 1], false), new ExampleInput([2, 1, 4, 5])),
        new(new AveragePool([3, 2], [1, 2], [1, 0, 1, 1], true), new ExampleInput([2, 1, 4, 5])),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require.Count(this, inputs, 1);
        return [inputs[0] with { Shape = OutputShape(inputs[0]) }];
    }

    /// <inheritdoc/>
    public override void Compute(KernelArguments arguments)
    {
        if (arguments.Inputs[0].DType == DType.Float32)
        {
            Compute<float>(arguments);
        }
        else
        {
            Compute<double>(arguments);
        }
    }

    /// <inheritdoc/>
    public override Variable? Bprop(Node node, int input, IReadOnlyList<Variable?> gradients) =>
        gradients[0] is { } g
            ? new AveragePoolGradient(Kernel, Strides, Pads, CountIncludePad, [node.Inputs[0].Shape[2].Size, node.Inputs[0].Shape[3].Size]).Apply(g)
            : null;

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

/// <summary>The adjoint of <see cref="AveragePool"/>: each window hands its gradient back in equal parts.</summary>
/// <remarks>It occurs in training graphs only and has no ONNX form yet.</remarks>
/// <param name="Kernel">Height and width of the window.</param>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Padding around the image: top, left, bottom, right.</param>
/// <param name="CountIncludePad">Whether padded places count.</param>
/// <param name="ImageSize">Height and width of the image.</param>
public sealed record AveragePoolGradient(IntList Kernel, IntList Strides, IntList Pads, bool CountIncludePad, IntList ImageSize)
    : Pooling(Kernel, Strides, Pads), IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new AveragePoolGradient([2, 2], [2, 2], [0, 0, 0, 0], false, [4, 5]), new ExampleInput(["batch", 2, 2, 2])),
        new(new AveragePoolGradient([3, 2], [1, 2], [1, 0, 1, 1], false, [4, 5]), new ExampleInput([2, 1, 4, 3])),
        new(new AveragePoolGradient([3, 2], [1, 2], [1, 0, 1, 1], true, [4, 5]), new ExampleInput([2, 1, 4, 3])),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require.Count(this, inputs, 1);
        Require.Rank(this, inputs[0], 4);
        TensorType image = inputs[0] with { Shape = inputs[0].Shape.With(2, ImageSize[0]).With(3, ImageSize[1]) };
        Shape expected = OutputShape(image);
        return inputs[0].Shape == expected
            ? [image]
            : throw new ShapeException($"{Name} expects a gradient of shape {expected}, found {inputs[0].Shape}.");
    }

    /// <inheritdoc/>
    public override void Compute(KernelArguments arguments)
    {
        if (arguments.Inputs[0].DType == DType.Float32)
        {
            Compute<float>(arguments);
        }
        else
        {
            Compute<double>(arguments);
        }
    }

    /// <inheritdoc/>
    public override Variable? Bprop(Node node, int input, IReadOnlyList<Variable?> gradients) =>
        gradients[0] is { } g ? new AveragePool(Kernel, Strides, Pads, CountIncludePad).Apply(g) : null;

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value dy, Value dx) = (arguments.Inputs[0], arguments.Outputs[0]);
        AveragePooling.Gradient<T>(KernelShape(dx.Sizes, dy.Sizes), CountIncludePad, dy.Span<T>(), dx.Span<T>(), arguments.Workers);
    }
}
