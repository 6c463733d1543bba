using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The gradient of a convolution with respect to its weights (book equation 9.11): from the image [N, C, H, W] and the gradient of the output
/// [N, M, oH, oW] to [M, C/group, kH, kW]. Exported as one <c>Conv</c> in which batch and channels change places.
/// </summary>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Zeros around the image: top, left, bottom, right.</param>
/// <param name="Dilations">Distances of the weights: vertical, horizontal.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
/// <param name="KernelSize">Height and width of the kernel.</param>
public sealed record ConvWeightGradient(IntList Strides, IntList Pads, IntList Dilations, int Group, IntList KernelSize)
    : ConvolutionOperation(Strides, Pads, Dilations, Group), IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExampleOptions.Select(o =>
    {
        Shape output = new Conv(o.Strides, o.Pads, o.Dilations, o.Group).Infer(
            [new TensorType(DType.Float32, [3, 2, 5, 6]), new TensorType(DType.Float32, [4, 2 / o.Group, 3, 2])])[0].Shape;
        return new Example(
            new ConvWeightGradient(o.Strides, o.Pads, o.Dilations, o.Group, [3, 2]), new ExampleInput([3, 2, 5, 6]), new ExampleInput(output));
    });

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require.Count(this, inputs, 2);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Require.Rank(this, inputs[0], 4);
        Require.Rank(this, inputs[1], 4);
        (Shape x, Shape dy) = (inputs[0].Shape, inputs[1].Shape);
        Shape w = [dy[1], Require.Static(this, inputs[0], 1) / Group, KernelSize[0], KernelSize[1]];
        Shape expected = OutputShape(x, w);
        return dy == expected
            ? [inputs[0] with { Shape = w }]
            : throw new ShapeException($"{Name} expects a gradient of shape {expected}, found {dy}.");
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs) => Flops(inputs[1], outputs[0]);

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
    public override Variable? Bprop(Node node, int input, IReadOnlyList<Variable?> gradients)
    {
        if (gradients[0] is not { } g)
        {
            return null;
        }

        (Variable x, Variable dy) = (node.Inputs[0], node.Inputs[1]);
        return input == 0
            ? new ConvInputGradient(Strides, Pads, Dilations, Group, [x.Shape[2].Size, x.Shape[3].Size]).Apply(dy, g)
            : new Conv(Strides, Pads, Dilations, Group).Apply(x, g);
    }

    /// <summary>
    /// The image as [C/g, g·N, H, W] convolved with the gradient as weights [M, N, oH, oW], strides and dilations exchanged: one output position for each
    /// position of the kernel.
    /// </summary>
    /// <param name="inputs">The image and the gradient of the output.</param>
    public override IReadOnlyList<Variable>? Expand(IReadOnlyList<Variable> inputs)
    {
        (Variable x, Variable dy) = (inputs[0], inputs[1]);
        Dim batch = x.Shape[0];
        int channels = x.Shape[1].Size / Group;
        (Dim height, Dim width) = (x.Shape[2], x.Shape[3]);
        Variable image = Ops.Reshape(
            Ops.Transpose(Ops.Reshape(x, [batch, Group, channels, height, width]), [2, 1, 0, 3, 4]), [channels, Group * batch, height, width]);
        Variable weights = Ops.Transpose(dy, [1, 0, 2, 3]);
        Variable result = new Conv(Dilations, Pads, Strides, Group).Apply(image, weights);
        Variable cut = Ops.Slice(Ops.Slice(result, 2, 0, KernelSize[0]), 3, 0, KernelSize[1]);
        return [Ops.Transpose(cut, [1, 0, 2, 3])];
    }

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value dy, Value dw) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        Kernels.Convolution.WeightGradient<T>(KernelShape(x.Sizes, dw.Sizes), x.Span<T>(), dy.Span<T>(), dw.Span<T>(), arguments.Workers);
    }
}
