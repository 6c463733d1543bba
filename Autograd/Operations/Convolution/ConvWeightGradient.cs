using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The gradient of a convolution with respect to its weights (book equation 9.11): from the image [N, C, H, W], the gradient of the output
/// [N, M, oH, oW] and the sizes of the kernel, an int64 vector [kH, kW], to [M, C/group, kH, kW]. Exported as one <c>Conv</c> in which batch and channels change places.
/// </summary>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Zeros before each axis, then after each axis.</param>
/// <param name="Dilations">Distances of the weights along each axis.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
public sealed record ConvWeightGradient(IntList Strides, IntList Pads, IntList Dilations, int Group)
    : ConvolutionOperation(Strides, Pads, Dilations, Group), IHasKernel, IRunsInBlocks, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ConvWeightGradient([1, 1], [0, 0, 0, 0], [1, 1], 1), new ExampleInput(["batch", 2, 5, 6]), new(["batch", 4, 3, 5]), ExampleInput.Constant(3, 2)),
        new(new ConvWeightGradient([2, 1], [1, 0, 2, 1], [1, 1], 1), new ExampleInput(["batch", 2, 5, 6]), new(["batch", 4, 3, 6]), ExampleInput.Constant(3, 2)),
        new(new ConvWeightGradient([1, 1], [0, 0, 0, 0], [1, 2], 2), new ExampleInput(["batch", 2, 5, 6]), new(["batch", 4, 3, 4]), ExampleInput.Constant(3, 2)),
        new(new ConvWeightGradient([2], [1, 2], [2], 2), new ExampleInput(["batch", 4, 7]), new(["batch", 4, 3]), ExampleInput.Constant(3)),
        new(new ConvWeightGradient([1, 1], [0, 0, 0, 0], [1, 1], 1), new ExampleInput([2, 2, 4, 5]), new([2, 3, 2, 4]), ExampleInput.Data(3, 2)) { Smoothness = 0 },
        new(new ConvWeightGradient([1, 2, 1], [1, 0, 1, 0, 1, 0], [2, 1, 1], 2), new ExampleInput(["batch", 2, 4, 3, 4]), new(["batch", 2, 3, 2, 3]), ExampleInput.Constant(2, 2, 3)),
    ];

    /// <summary>The gradient of a convolution with respect to its weights.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="x">Its image.</param>
    /// <param name="g">The gradient of its result.</param>
    /// <param name="w">Its weights.</param>
    internal static Variable Of(ConvolutionOperation convolution, Variable x, Variable g, Variable w) =>
        new ConvWeightGradient(convolution.Strides, convolution.Pads, convolution.Dilations, convolution.Group).Apply(x, g, Sizes.Of([.. w.Shape.Skip(2)], w));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Require.Sizes(this, inputs, 2);
        (Shape x, Shape dy) = (inputs[0].Shape, inputs[1].Shape);
        if (x.Rank != Axes + 2 || dy.Rank != x.Rank || inputs[2].Shape[0] != Axes || !x[1].TryDivide(Group, out Dim channels))
            throw new ShapeException($"{Name} expects an image [N, C, …] of {Axes} axes more, C a multiple of {Group}, a gradient with as many, and as many sizes of the kernel, found {x}, {dy} and {inputs[2].Shape}.");
        Shape w = [dy[1], channels, .. inputs.Content(2) ?? [.. Enumerable.Range(0, Axes).Select(axis => inputs.Fresh($"sliced_{axis + 2}"))]];
        RequireGradient(dy, x, w);
        return [inputs[0] with { Shape = w }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Type(0) switch
    {
        DType.Float32 => Lower<float>(request),
        DType.Float64 => Lower<double>(request),
        var type => throw request.NoKernel(type),
    };

    /// <summary>The images add up.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0, 0], BlockJoin.Sum);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable x, Variable dy) = (request[0], request[1]);
        return request.Each(input => input switch
        {
            0 => ConvInputGradient.Of(this, dy, g, x),
            1 => Ops.ReshapeLike(new Conv(Strides, Pads, Dilations, Group).Apply(x, g), dy),
            _ => null,
        });
    }

    /// <summary>
    /// The image as [C/g, g·N, H, W] convolved with the gradient as weights [M, N, oH, oW], strides and dilations exchanged: one output position for each
    /// position of the kernel, and more behind them where strides left pixels over.
    /// </summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        (Shape x, Shape dy) = (request.Inputs[0].Shape, request.Inputs[1].Shape);
        var convolved = new OnnxInput.Computed(new OnnxForm("Conv")
        {
            Attributes =
            [
                new OnnxAttribute("dilations", Strides.ToLongs()),
                new OnnxAttribute("group", (long)Group),
                new OnnxAttribute("pads", Pads.ToLongs()),
                new OnnxAttribute("strides", Dilations.ToLongs()),
                .. KernelShape(dy),
            ],
            Inputs = [Image(x), Exchanged(new OnnxInput.Argument(1), Axes)],
            Read = Conv.FromOnnx,
        });
        return new OnnxForm("Slice")
        {
            Inputs = [Exchanged(convolved, Axes), OnnxInput.Integers([.. new long[Axes]]), request.Sizes(2), OnnxInput.Integers([.. Enumerable.Range(2, Axes).Select(axis => (long)axis)])],
            RuntimeTypes = [DType.Float32],
        };
    }

    private OnnxInput Image(Shape x)
    {
        OnnxInput image = new OnnxInput.Argument(0);
        if (Group == 1)
        {
            return Exchanged(image, Axes);
        }

        Dim channels = x[1].FloorDivide((long)Group);
        OnnxInput grouped = OnnxInput.Of("Reshape", image, Reshape.TargetOf([x[0], Group, channels, .. x.Skip(2)]));
        OnnxInput moved = OnnxInput.Of("Transpose", [new OnnxAttribute("perm", (IReadOnlyList<long>)[2, 1, 0, .. Enumerable.Range(3, Axes).Select(axis => (long)axis)])], grouped);
        return OnnxInput.Of("Reshape", moved, Reshape.TargetOf([channels, x[0] * Group, .. x.Skip(2)]));
    }

    /// <summary>The first two axes in the places of each other.</summary>
    private static OnnxInput Exchanged(OnnxInput x, int axes) =>
        OnnxInput.Of("Transpose", [new OnnxAttribute("perm", (IReadOnlyList<long>)[1, 0, .. Enumerable.Range(2, axes).Select(axis => (long)axis)])], x);

    private Kernel Lower<T>(LowerRequest request)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireGradient(request.Sizes(1), request.Sizes(0), request.ResultSizes(0));
        VolumeShape? volume = VolumeShape(request.Sizes(0), request.ResultSizes(0));
        ConvolutionShape shape = KernelShape(request.Sizes(0), request.ResultSizes(0));
        return Kernel.Of(
            arguments =>
            {
                ReadOnlySpan<T> x = arguments.Inputs[0].Span<T>(), dy = arguments.Inputs[1].Span<T>();
                Span<T> dw = arguments.Outputs[0].Span<T>();
                if (volume is null)
                    Kernels.Convolution.WeightGradient(shape, x, dy, dw, arguments.Workers);
                else
                    VolumeConvolution.WeightGradient(volume, x, dy, dw, arguments.Workers);
            },
            Flops(request.Sizes(1), request.ResultSizes(0)));
    }
}
