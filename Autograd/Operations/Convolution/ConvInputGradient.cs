using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The gradient of a convolution with respect to its image (book equation 9.13): from the gradient of the output [N, M, oH, oW], the weights [M, C/group, kH, kW] and the
/// sizes of the image, an int64 vector [H, W], to [N, C, H, W].
/// </summary>
/// <remarks>Exported as <c>ConvTranspose</c>. Where strides leave a rest that is not known, the longest image that there may be is cut.</remarks>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Zeros before each axis, then after each axis.</param>
/// <param name="Dilations">Distances of the weights along each axis.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
public sealed record ConvInputGradient(IntList Strides, IntList Pads, IntList Dilations, int Group)
    : ConvolutionOperation(Strides, Pads, Dilations, Group), IHasKernel, IRunsInBlocks, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ConvInputGradient([1, 1], [0, 0, 0, 0], [1, 1], 1), new ExampleInput(["batch", 4, 3, 5]), new([4, 2, 3, 2]), ExampleInput.Constant(5, 6)),
        new(new ConvInputGradient([2, 1], [1, 0, 2, 1], [1, 1], 1), new ExampleInput(["batch", 4, 3, 6]), new([4, 2, 3, 2]), ExampleInput.Constant(5, 6)),
        new(new ConvInputGradient([1, 1], [0, 0, 0, 0], [1, 2], 2), new ExampleInput(["batch", 4, 3, 4]), new([4, 1, 3, 2]), ExampleInput.Constant(5, 6)),
        new(new ConvInputGradient([2], [1, 2], [2], 2), new ExampleInput(["batch", 4, 3]), new([4, 2, 3]), ExampleInput.Constant(7)),
        new(new ConvInputGradient([2, 1], [0, 0, 0, 0], [1, 1], 1), new ExampleInput([2, 2, 2, 2]), new([2, 1, 2, 3]), ExampleInput.Data(5, 4)) { Smoothness = 0 },
        new(new ConvInputGradient([1, 2, 1], [1, 0, 1, 0, 1, 0], [2, 1, 1], 2), new ExampleInput(["batch", 2, 3, 2, 3]), new([2, 1, 2, 2, 3]), ExampleInput.Constant(4, 3, 4)),
    ];

    /// <summary>The gradient of a convolution with respect to its image.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="g">The gradient of its result.</param>
    /// <param name="w">Its weights.</param>
    /// <param name="image">Its image.</param>
    internal static Variable Of(ConvolutionOperation convolution, Variable g, Variable w, Variable image) =>
        new ConvInputGradient(convolution.Strides, convolution.Pads, convolution.Dilations, convolution.Group)
            .Apply(g, w, Sizes.Of([.. image.Shape.Skip(2)], image));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.Floating(this, inputs[0].DType);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Require.Sizes(this, inputs, 2);
        (Shape g, Shape w) = (inputs[0].Shape, inputs[1].Shape);
        if (g.Rank < 3 || w.Rank != g.Rank || inputs[2].Shape[0] != g.Rank - 2)
            throw new ShapeException($"{Name} expects a gradient [N, M, …], weights with as many axes and the size of the image along each axis from the third on, found {g}, {w} and {inputs[2].Shape}.");
        RequireOptions(g.Rank - 2);
        IReadOnlyList<Dim> sizes = inputs.Content(2) ?? [.. Enumerable.Range(0, Axes).Select(axis => inputs.Fresh($"sliced_{axis + 2}"))];
        Shape image = [g[0], w[1] * Group, .. sizes];
        RequireGradient(g, image, w);
        return [inputs[0] with { Shape = image }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Type(0) switch
    {
        DType.Float32 => Lower<float>(request),
        DType.Float64 => Lower<double>(request),
        var type => throw request.NoKernel(type),
    };

    /// <summary>Image by image.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable y, Variable w) = (request[0], request[1]);
        return request.Each(input => input switch
        {
            0 => Ops.ReshapeLike(new Conv(Strides, Pads, Dilations, Group).Apply(g, w), y),
            1 => ConvWeightGradient.Of(this, g, y, w),
            _ => null,
        });
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        Shape w = request.Inputs[1].Shape;
        Dim?[] rests = [.. Enumerable.Range(0, Axes).Select(axis => Rest(request.Outputs[0].Shape[axis + 2], w[axis + 2], axis))];
        var transposed = new OnnxForm("ConvTranspose")
        {
            Attributes =
            [
                .. Attributes,
                .. KernelShape(w),
                new OnnxAttribute("output_padding", (IReadOnlyList<long>)[.. rests.Select((rest, axis) => rest?.Number ?? Strides[axis] - 1)]),
            ],
            Inputs = [new OnnxInput.Argument(0), new OnnxInput.Argument(1)],
            RuntimeTypes = [DType.Float32],
            Read = ConvTranspose.FromOnnx,
        };
        return rests.All(rest => rest is not null)
            ? transposed
            : new OnnxForm("Slice")
            {
                Inputs =
                [
                    new OnnxInput.Computed(transposed), OnnxInput.Integers([.. rests.Select(_ => 0L)]), request.Sizes(2),
                    OnnxInput.Integers([.. rests.Select((_, axis) => axis + 2L)]),
                ],
                RuntimeTypes = [DType.Float32],
            };
    }

    /// <summary>What strides leave over at the end of the image: what a transposed convolution does not reach. Null where it is not known.</summary>
    private Dim? Rest(Dim size, Dim kernel, int axis)
    {
        Dim room = WindowCount.Room(size, Pads[axis], Pads[Axes + axis], kernel, Dilations[axis]);
        Dim rest = room - (room.FloorDivide((long)Strides[axis]) * Strides[axis]);
        return rest.IsStatic ? rest : null;
    }

    private Kernel Lower<T>(LowerRequest request)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireGradient(request.Sizes(0), request.ResultSizes(0), request.Sizes(1));
        VolumeShape? volume = VolumeShape(request.ResultSizes(0), request.Sizes(1));
        ConvolutionShape shape = KernelShape(request.ResultSizes(0), request.Sizes(1));
        return Kernel.Of(
            arguments =>
            {
                ReadOnlySpan<T> g = arguments.Inputs[0].Span<T>(), w = arguments.Inputs[1].Span<T>();
                Span<T> image = arguments.Outputs[0].Span<T>();
                if (volume is null)
                    Kernels.Convolution.InputGradient(shape, g, w, image, arguments.Workers);
                else
                    VolumeConvolution.InputGradient(volume, g, w, image, arguments.Workers);
            },
            Flops(request.Sizes(0), request.Sizes(1)));
    }
}
