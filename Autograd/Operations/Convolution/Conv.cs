using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The cross-correlation of an image with weights (ONNX <c>Conv</c>; called convolution in the book, equation 9.6): [N, C, H, W] and [M, C/group, kH, kW]
/// give [N, M, oH, oW] with oH = ⌊(H + pads − dilation·(kH − 1) − 1)/stride⌋ + 1.
/// </summary>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Zeros around the image: top, left, bottom, right.</param>
/// <param name="Dilations">Distances of the weights: vertical, horizontal.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
public sealed record Conv(IntList Strides, IntList Pads, IntList Dilations, int Group)
    : ConvolutionOperation(Strides, Pads, Dilations, Group), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExampleOptions.Select(o => new Example(
        new Conv(o.Strides, o.Pads, o.Dilations, o.Group), new ExampleInput(["batch", 2, 5, 6]), new ExampleInput([4, 2 / o.Group, 3, 2])));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ConvolutionNode.Forward(node);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Floating(this, inputs[0].DType);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        return [inputs[0] with { Shape = OutputShape(inputs[0].Shape, inputs[1].Shape) }];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs) => Flops(outputs[0], inputs[1]);

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
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable x, Variable w) = (request[0], request[1]);
        return request.Each(input => input == 0
            ? new ConvInputGradient(Strides, Pads, Dilations, Group, [x.Shape[2].Size, x.Shape[3].Size]).Apply(g, w)
            : new ConvWeightGradient(Strides, Pads, Dilations, Group, [w.Shape[2].Size, w.Shape[3].Size]).Apply(x, g));
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [.. Attributes, new OnnxAttribute("kernel_shape", new long[] { request.Inputs[1].Shape[2].Size, request.Inputs[1].Shape[3].Size })],
        RuntimeTypes = [DType.Float32],
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value w) = (arguments.Inputs[0], arguments.Inputs[1]);
        Kernels.Convolution.Forward<T>(KernelShape(x.Sizes, w.Sizes), x.Span<T>(), w.Span<T>(), [], arguments.Outputs[0].Span<T>(), arguments.Workers);
    }
}
