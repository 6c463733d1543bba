using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The transposed convolution (ONNX <c>ConvTranspose</c>; book section 9.5): [N, M, oH, oW] and weights [M, C/group, kH, kW] give the gradient that a convolution would give its
/// image, [N, C, H, W] with H = (oH − 1)·stride + dilation·(kH − 1) + 1 + output padding − pads. An optional third input [C] is added to each channel. Any number of axes.
/// </summary>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">What is cut off before each axis, then after each axis.</param>
/// <param name="Dilations">Distances of the weights along each axis.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
/// <param name="OutputPadding">What the result is longer at the end of each axis, less than the stride: a convolution with strides does not tell by itself how long its image
/// was.</param>
public sealed record ConvTranspose(IntList Strides, IntList Pads, IntList Dilations, int Group, IntList OutputPadding) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ConvTranspose([1, 1], [0, 0, 0, 0], [1, 1], 1, [0, 0]), new ExampleInput(["batch", 4, 3, 5]), new([4, 2, 3, 2])),
        new(new ConvTranspose([2, 1], [1, 0, 2, 1], [1, 1], 1, [1, 0]), new ExampleInput(["batch", 4, 3, 4]), new([4, 2, 3, 2]), new([2])),
        new(new ConvTranspose([1, 1], [0, 0, 0, 0], [1, 2], 2, [0, 0]), new ExampleInput(["batch", 4, 3, 4]), new([4, 1, 3, 2])),
        new(new ConvTranspose([2], [1, 0], [2], 2, [1]), new ExampleInput(["batch", 4, 3]), new([4, 2, 2]), new([4])),
        new(new ConvTranspose([2, 1], [0, 1, 0, 0], [1, 1], 1, [1, 0]), new ExampleInput([2, 2, "height", "width"]), new([2, 1, 3, 2])),
        new(new ConvTranspose([1, 2, 1], [1, 0, 0, 0, 1, 0], [1, 1, 2], 2, [0, 1, 0]), new ExampleInput(["batch", 2, 3, 2, 2]), new([2, 1, 2, 2, 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ConvolutionNode.Transposed(node);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable y, Variable w) = (inputs[0], inputs[1]);
        int axes = Strides.Count;
        if (y.Shape.Rank != axes + 2 || w.Shape.Rank != y.Shape.Rank || y.Shape[1] != w.Shape[0])
            throw new ShapeException($"{Name} expects [N, M, …] and weights [M, C/group, …] with {axes} axes more, found {y.Shape} and {w.Shape}.");
        if (OutputPadding.Count != axes || OutputPadding.Where((padding, axis) => padding < 0 || padding >= Strides[axis]).Any())
            throw new ShapeException($"{Name} expects an output padding of at least 0 and less than the stride along each axis, found {OutputPadding} for strides {Strides}.");
        Dim[] sizes = [.. Enumerable.Range(0, axes).Select(axis => Size(y.Shape[axis + 2], w.Shape[axis + 2], axis))];
        if (sizes.Any(size => size.IsStatic && size.Number < 1))
            throw new ShapeException($"{Name} expects pads that leave something of the result, found {Pads} for {y.Shape} and weights {w.Shape}.");
        Variable image = new ConvInputGradient(Strides, Pads, Dilations, Group).Apply(y, w, Sizes.Of([.. sizes], y, w));
        if (!inputs.Has(2))
            return [image];
        if (inputs[2].Shape != Shape.Of(image.Shape[1]))
            throw new ShapeException($"{Name} expects a bias of shape [{image.Shape[1]}], found {inputs[2].Shape}.");
        return [image + Ops.Reshape(inputs[2], [image.Shape[1], .. Enumerable.Repeat((Dim)1, axes)])];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes =
        [
            new OnnxAttribute("dilations", Dilations.ToLongs()),
            new OnnxAttribute("group", (long)Group),
            new OnnxAttribute("pads", Pads.ToLongs()),
            new OnnxAttribute("strides", Strides.ToLongs()),
            .. ConvolutionOperation.KernelShape(request.Inputs[1].Shape),
            new OnnxAttribute("output_padding", OutputPadding.ToLongs()),
        ],
        RuntimeTypes = [DType.Float32],
    };

    /// <summary>(in − 1)·stride + dilation·(kernel − 1) + 1 + output padding − pads.</summary>
    private Dim Size(Dim size, Dim kernel, int axis) => (size * Strides[axis]) + (Dilations[axis] * (kernel - 1))
        + Dim.OfNumber(1L - Strides[axis] + OutputPadding[axis] - Pads[axis] - Pads[Strides.Count + axis]);
}
