using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The cross-correlation of an image with weights (ONNX <c>Conv</c>; called convolution in the book, equation 9.6): [N, C, H, W] and [M, C/group, kH, kW]
/// give [N, M, oH, oW] with oH = ⌊(H + pads − dilation·(kH − 1) − 1)/stride⌋ + 1. An optional third input [M] is added to each channel. Signals [N, C, W] and volumes
/// [N, C, D, H, W] of any number of axes go the same way; N, M and the sizes of image and kernel may be symbolic.
/// </summary>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Zeros before each axis, then after each axis: for an image top, left, bottom, right.</param>
/// <param name="Dilations">Distances of the weights along each axis.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
public sealed record Conv(IntList Strides, IntList Pads, IntList Dilations, int Group)
    : ConvolutionOperation(Strides, Pads, Dilations, Group), IProduct, IRunsInBlocks, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Conv([1, 1], [0, 0, 0, 0], [1, 1], 1), new ExampleInput(["batch", 2, 5, 6]), new ExampleInput([4, 2, 3, 2])),
        new(new Conv([2, 1], [1, 0, 2, 1], [1, 1], 1), new ExampleInput(["batch", 2, 5, 6]), new ExampleInput([4, 2, 3, 2])),
        new(new Conv([1, 1], [0, 0, 0, 0], [1, 2], 2), new ExampleInput(["batch", 2, 5, 6]), new ExampleInput([4, 1, 3, 2])),
        new(new Conv([1, 1], [0, 1, 0, 0], [1, 1], 2), new ExampleInput([2, 2, 5, 6]), new ExampleInput([4, 1, 3, 2]), new ExampleInput([4])),
        new(new Conv([1, 1], [1, 1, 1, 1], [1, 1], 3), new ExampleInput(["batch", 3, 4, 4]), new ExampleInput([3, 1, 3, 3])),
        new(new Conv([2], [1, 2], [2], 2), new ExampleInput(["batch", 4, 7]), new ExampleInput([2, 2, 3]), new ExampleInput([2])),
        new(new Conv([1], [1, 1], [1], 1), new ExampleInput(["batch", 2, "time"]), new ExampleInput([3, 2, 3])),
        new(new Conv([1], [2, 1], [1], 2), new ExampleInput([2, 4, 5]), new ExampleInput([4, 2, "taps"])),
        new(new Conv([2, 1], [1, 0, 1, 0], [1, 2], 1), new ExampleInput(["batch", 1, 5, "width"]), new ExampleInput([2, 1, "rows", 1]), new ExampleInput([2])),
        new(new Conv([2, 1], [1, 1, 1, 1], [1, 1], 1), new ExampleInput([2, 1, "height", "width"]), new ExampleInput([2, 1, 2, 3])),
        new(new Conv([1, 2, 1], [1, 0, 1, 0, 1, 0], [2, 1, 1], 2), new ExampleInput(["batch", 2, 4, 3, 4]), new ExampleInput([2, 1, 2, 2, 3]), new ExampleInput([2])),
        new(new Conv([1, 1, 2, 1], [0, 1, 0, 0, 0, 0, 1, 0], [1, 1, 1, 1], 1), new ExampleInput([1, 2, 2, 2, 3, 2]), new ExampleInput([1, 2, 2, 2, 2, 1])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ConvolutionNode.Forward(node);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, inputs.Has(2) ? 3 : 2);
        Require.Floating(this, inputs[0].DType);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Shape shape = OutputShape(inputs[0].Shape, inputs[1].Shape);
        if (inputs.Has(2))
        {
            Require.SameType(this, inputs[0].DType, inputs[2].DType);
            Require.Bias(this, inputs[2], shape[1]);
        }

        return [inputs[0] with { Shape = shape }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Lower(request, new Epilogue(request.Has(2) ? 2 : -1, Relu: false));

    Kernel IProduct.Lower(LowerRequest request, Epilogue epilogue) => Lower(request, epilogue);

    int IProduct.BiasOf(Arguments inputs) => inputs.Has(2) ? 2 : -1;

    bool IProduct.TakesEpilogue(Arguments inputs) => true;

    int IProduct.BiasAxis(int rank) => rank - 1;

    /// <summary>Image by image.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable x, Variable w) = (request[0], request[1]);
        return request.Each(input => input switch
        {
            0 => ConvInputGradient.Of(this, g, w, x),
            1 => ConvWeightGradient.Of(this, x, g, w),
            _ => Ops.Sum(g, [0, .. Enumerable.Range(2, Axes)]),
        });
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = Written(request.Inputs[1].Shape),
        RuntimeTypes = [DType.Float32],
    };

    /// <summary>The attributes for weights of a shape, which other operators on windows have as well.</summary>
    internal IReadOnlyList<OnnxAttribute> Written(Shape weights) => [.. Attributes, .. KernelShape(weights)];

    private Kernel Lower(LowerRequest request, Epilogue epilogue) => request.Type(0) switch
    {
        DType.Float32 => Lower<float>(request, epilogue),
        DType.Float64 => Lower<double>(request, epilogue),
        var type => throw request.NoKernel(type),
    };

    private Kernel Lower<T>(LowerRequest request, Epilogue epilogue)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long flops = Flops(request.ResultSizes(0), request.Sizes(1));
        if (VolumeShape(request.Sizes(0), request.Sizes(1)) is { } volume)
        {
            return Kernel.Of(
                arguments => VolumeConvolution.Forward(
                    volume, arguments.Inputs[0].Span<T>(), arguments.Inputs[1].Span<T>(), epilogue.Bias < 0 ? [] : arguments.Inputs[epilogue.Bias].Span<T>(),
                    arguments.Outputs[0].Span<T>(), arguments.Workers, epilogue.Relu),
                flops);
        }

        ConvolutionShape shape = KernelShape(request.Sizes(0), request.Sizes(1));
        Storage? packed = Kernels.Convolution.PackedForm<T>(shape) is { } form ? request.Packed(1, form, w => Kernels.Convolution.Pack<T>(shape, w.Span<T>())) : null;
        return Kernel.Of(
            arguments => Kernels.Convolution.Forward(
                shape, arguments.Inputs[0].Span<T>(), arguments.Inputs[1].Span<T>(), epilogue.Bias < 0 ? [] : arguments.Inputs[epilogue.Bias].Span<T>(),
                arguments.Outputs[0].Span<T>(), arguments.Workers, epilogue.Relu, packed),
            flops);
    }
}
