using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The adjoint of <see cref="AveragePool"/>: each window hands its gradient back in equal parts.</summary>
/// <remarks>Exported as the gradient divided by the counts of the windows, and a transposed convolution of each channel with ones.</remarks>
/// <param name="Kernel">Height and width of the window.</param>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Padding around the image: top, left, bottom, right.</param>
/// <param name="CountIncludePad">Whether padded places count.</param>
/// <param name="ImageSize">Height and width of the image.</param>
public sealed record AveragePoolGradient(IntList Kernel, IntList Strides, IntList Pads, bool CountIncludePad, IntList ImageSize)
    : Pooling(Kernel, Strides, Pads), IHasKernel, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new AveragePoolGradient([2, 2], [2, 2], [0, 0, 0, 0], false, [4, 5]), new ExampleInput(["batch", 2, 2, 2])),
        new(new AveragePoolGradient([3, 2], [1, 2], [1, 0, 1, 1], false, [4, 5]), new ExampleInput([2, 1, 4, 3])),
        new(new AveragePoolGradient([3, 2], [1, 2], [1, 0, 1, 1], true, [4, 5]), new ExampleInput([2, 1, 4, 3])),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Require.Floating(this, inputs[0].DType);
        Require.Rank(this, inputs[0], 4);
        TensorType image = inputs[0] with { Shape = inputs[0].Shape.With(2, ImageSize[0]).With(3, ImageSize[1]) };
        Shape expected = OutputShape(image);
        return inputs[0].Shape == expected
            ? [image]
            : throw new ShapeException($"{Name} expects a gradient of shape {expected}, found {inputs[0].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [request.Gradient(0) is { } g ? new AveragePool(Kernel, Strides, Pads, CountIncludePad).Apply(g) : null];

    /// <summary>The gradient divided by the counts of the windows, convolved channel by channel with a window of ones.</summary>
    /// <param name="inputs">The gradient of the output.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable g, Shape shape) = (inputs[0], inputs[0].Shape);
        Variable shares = g / Variable.Of(Counts(g.DType, shape[2].Size, shape[3].Size));
        Variable planes = Ops.Reshape(shares, [shape[0] * shape[1], 1, shape[2], shape[3]]);
        Variable ones = Variable.Of(Value.Full(1, g.DType, 1, 1, Kernel[0], Kernel[1]));
        Variable image = new ConvInputGradient(Strides, Pads, [1, 1], 1, ImageSize).Apply(planes, ones);
        return [Ops.Reshape(image, shape.With(2, ImageSize[0]).With(3, ImageSize[1]))];
    }

    private Value Counts(DType type, int height, int width)
    {
        var counts = new double[height * width];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = Count(i / width, 0) * Count(i % width, 1);
        }

        // One number where all windows have the same count.
        if (counts.All(c => c == counts[0]))
        {
            return Value.Full(counts[0], type);
        }

        Value result = Value.Zeros(type, height, width);
        for (int i = 0; i < counts.Length; i++)
        {
            result[i] = counts[i];
        }

        return result;
    }

    private int Count(int output, int axis) => CountIncludePad
        ? PoolingWindow.CountPadded(output, Strides[axis], Pads[axis], Pads[axis + 2], 1, Kernel[axis], ImageSize[axis])
        : new PoolingWindow(output, Strides[axis], Pads[axis], 1, Kernel[axis], ImageSize[axis]).Count(1);

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value dy, Value dx) = (arguments.Inputs[0], arguments.Outputs[0]);
        AveragePooling.Gradient<T>(KernelShape(dx.Sizes, dy.Sizes), CountIncludePad, dy.Span<T>(), dx.Span<T>(), arguments.Workers);
    }
}
