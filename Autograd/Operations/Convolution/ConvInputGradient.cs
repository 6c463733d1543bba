using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The gradient of a convolution with respect to its image (ONNX <c>ConvTranspose</c>; book equation 9.13): from the gradient of the output
/// [N, M, oH, oW] and the weights to [N, C, H, W].
/// </summary>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Zeros around the image: top, left, bottom, right.</param>
/// <param name="Dilations">Distances of the weights: vertical, horizontal.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
/// <param name="ImageSize">Height and width of the image.</param>
public sealed record ConvInputGradient(IntList Strides, IntList Pads, IntList Dilations, int Group, IntList ImageSize)
    : ConvolutionOperation(Strides, Pads, Dilations, Group), IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExampleOptions.Select(o =>
    {
        var conv = new Conv(o.Strides, o.Pads, o.Dilations, o.Group);
        Shape output = conv.Infer(new InferRequest(
            conv, new TensorType(DType.Float32, ["batch", 2, 5, 6]), new TensorType(DType.Float32, [4, 2 / o.Group, 3, 2])))[0].Shape;
        return new Example(
            new ConvInputGradient(o.Strides, o.Pads, o.Dilations, o.Group, [5, 6]), new ExampleInput(output), new ExampleInput([4, 2 / o.Group, 3, 2]));
    });

    /// <inheritdoc/>
    public static string OnnxName => "ConvTranspose";

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ConvolutionNode.Transposed(node);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        RequireSteps();
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Require.Rank(this, inputs[0], 4);
        Require.Rank(this, inputs[1], 4);
        Shape image = [inputs[0].Shape[0], inputs[1].Shape[1].Size * Group, ImageSize[0], ImageSize[1]];
        Shape expected = OutputShape(image, inputs[1].Shape);
        return inputs[0].Shape == expected
            ? [inputs[0] with { Shape = image }]
            : throw new ShapeException($"{Name} expects a gradient of shape {expected}, found {inputs[0].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>, Flops(request.Sizes(0), request.Sizes(1)));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable dy, Variable w) = (request[0], request[1]);
        return request.Each(input => input == 0
            ? new Conv(Strides, Pads, Dilations, Group).Apply(g, w)
            : new ConvWeightGradient(Strides, Pads, Dilations, Group, [w.Shape[2].Size, w.Shape[3].Size]).Apply(g, dy));
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        Shape w = request.Inputs[1].Shape;
        long Rest(int axis) =>
            (ImageSize[axis] + Pads[axis] + Pads[axis + 2] - (Dilations[axis] * (w[axis + 2].Size - 1)) - 1) % Strides[axis];
        return new OnnxForm("ConvTranspose")
        {
            Attributes =
            [
                .. Attributes,
                new OnnxAttribute("kernel_shape", new long[] { w[2].Size, w[3].Size }),
                new OnnxAttribute("output_padding", new[] { Rest(0), Rest(1) }),
            ],
            RuntimeTypes = [DType.Float32],
        };
    }

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value dy, Value w, Value dx) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        Kernels.Convolution.InputGradient<T>(KernelShape(dx.Sizes, w.Sizes), dy.Span<T>(), w.Span<T>(), dx.Span<T>(), arguments.Workers);
    }
}
