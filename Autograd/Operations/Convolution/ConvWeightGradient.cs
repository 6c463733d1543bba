using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
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
    : ConvolutionOperation(Strides, Pads, Dilations, Group), IHasKernel, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExampleOptions.Select(o =>
    {
        var conv = new Conv(o.Strides, o.Pads, o.Dilations, o.Group);
        Shape output = conv.Infer(new InferRequest(
            conv, new TensorType(DType.Float32, ["batch", 2, 5, 6]), new TensorType(DType.Float32, [4, 2 / o.Group, 3, 2])))[0].Shape;
        return new Example(
            new ConvWeightGradient(o.Strides, o.Pads, o.Dilations, o.Group, [3, 2]), new ExampleInput(["batch", 2, 5, 6]), new ExampleInput(output));
    });

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        RequireSteps();
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
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>, Flops(request.Sizes(1), request.ResultSizes(0)));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable x, Variable dy) = (request[0], request[1]);
        return request.Each(input => input == 0
            ? new ConvInputGradient(Strides, Pads, Dilations, Group, [x.Shape[2].Size, x.Shape[3].Size]).Apply(dy, g)
            : new Conv(Strides, Pads, Dilations, Group).Apply(x, g));
    }

    /// <summary>
    /// The image as [C/g, g·N, H, W] convolved with the gradient as weights [M, N, oH, oW], strides and dilations exchanged: one output position for each
    /// position of the kernel, and more behind them where strides left pixels over.
    /// </summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        (Shape x, Shape dy) = (request.Inputs[0].Shape, request.Inputs[1].Shape);
        OnnxInput convolved = OnnxInput.Of(
            "Conv",
            [
                new OnnxAttribute("dilations", Strides.ToLongs()),
                new OnnxAttribute("group", (long)Group),
                new OnnxAttribute("pads", Pads.ToLongs()),
                new OnnxAttribute("strides", Dilations.ToLongs()),
                new OnnxAttribute("kernel_shape", new long[] { dy[2].Size, dy[3].Size }),
            ],
            Image(x),
            Transpose(new OnnxInput.Argument(1), 1, 0, 2, 3));
        return ((OnnxInput.Computed)Transpose(Cut(Cut(convolved, 2), 3), 1, 0, 2, 3)).Form with { RuntimeTypes = [DType.Float32] };
    }

    private OnnxInput Cut(OnnxInput x, int axis) =>
        OnnxInput.Of("Slice", x, OnnxInput.Integers(0), OnnxInput.Integers(KernelSize[axis - 2]), OnnxInput.Integers(axis), OnnxInput.Integers(1));

    private OnnxInput Image(Shape x)
    {
        OnnxInput image = new OnnxInput.Argument(0);
        if (Group == 1)
        {
            return Transpose(image, 1, 0, 2, 3);
        }

        int channels = x[1].Size / Group;
        OnnxInput grouped = OnnxInput.Of("Reshape", image, Reshape.TargetOf([x[0], Group, channels, x[2], x[3]]));
        return OnnxInput.Of("Reshape", Transpose(grouped, 2, 1, 0, 3, 4), Reshape.TargetOf([channels, x[0] * Group, x[2], x[3]]));
    }

    private static OnnxInput Transpose(OnnxInput x, params long[] permutation) =>
        OnnxInput.Of("Transpose", [new OnnxAttribute("perm", permutation)], x);

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value dy, Value dw) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        Kernels.Convolution.WeightGradient<T>(KernelShape(x.Sizes, dw.Sizes), x.Span<T>(), dy.Span<T>(), dw.Span<T>(), arguments.Workers);
    }
}
