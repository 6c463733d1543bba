using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// Puts the results of a maximum pooling back where they came from, zeros elsewhere (ONNX <c>MaxUnpool</c>). Inputs: the values [N, C, …], their int64 positions in the whole
/// image tensor, row-major, as <see cref="MaxPool"/> gives them, and optionally the shape of the result, an int64 vector that is known. Without it the size of each axis is
/// (in − 1)·stride + kernel − pads; a greater shape is that with zeros behind it.
/// </summary>
/// <param name="Kernel">The size of the window along each axis.</param>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Padding before each axis, then after each axis.</param>
public sealed record MaxUnpool(IntList Kernel, IntList Strides, IntList Pads) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new MaxUnpool([2, 2], [2, 2], [0, 0, 0, 0]), new ExampleInput([1, 1, 2, 2]), Positions([1, 1, 2, 2], 5, 2, 8, 15)),
        new(new MaxUnpool([2], [2], [0, 1]), new ExampleInput([1, 2, 3]), Positions([1, 2, 3], 1, 2, 4, 6, 5, 9)),
        new(new MaxUnpool([2, 2], [2, 2], [0, 0, 0, 0]), new ExampleInput([1, 1, 2, 2]), Positions([1, 1, 2, 2], 5, 7, 13, 15), ExampleInput.Constant(1, 1, 5, 6)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        var window = new WindowNode(node);
        return new MaxUnpool(window.Kernel, window.Strides, window.Pads).ApplyAll(node[0], node[1], node.Optional(2));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable positions) = (inputs[0], inputs[1]);
        int axes = Kernel.Count;
        if (x.Shape.Rank != axes + 2 || positions.Shape != x.Shape || Strides.Count != axes || Pads.Count != 2 * axes)
            throw new ShapeException($"{Name} expects values [N, C, …] with {axes} axes more and as many positions, {axes} strides and {2 * axes} pads, found {x.Shape}, {positions.Shape}, {Strides} and {Pads}.");
        Shape image =
        [
            x.Shape[0], x.Shape[1],
            .. Enumerable.Range(0, axes).Select(axis => (x.Shape[axis + 2] * Strides[axis]) + Dim.OfNumber((long)Kernel[axis] - Strides[axis] - Pads[axis] - Pads[axes + axis])),
        ];
        Variable zeros = Ops.Expand(Variable.Scalar(0, x.DType), [image.ElementCount], x);
        Variable placed = new ScatterND().Apply(zeros, Ops.Reshape(positions, [x.Shape.ElementCount, 1]), Ops.Reshape(x, [x.Shape.ElementCount]));
        Variable result = image.IsStatic ? Ops.Reshape(placed, image) : new Shaping.Reshape(AllowZero: true).Apply(placed, Sizes.Of(image, x));
        if (!inputs.Has(2))
            return [result];
        if (inputs[2].Content is not { } asked || asked.Count != image.Rank || !asked.Take(2).SequenceEqual(image.Take(2)) || !image.IsStatic || asked.Skip(2).Zip(image.Skip(2)).Any(pair => !pair.First.IsStatic || pair.First.Number < pair.Second.Number))
            throw new ShapeException($"{Name} expects a known shape of at least {image}, found {string.Join(", ", inputs[2].Content ?? [])}.");
        return [Ops.Pad(result, [.. new int[image.Rank]], [.. asked.Zip(image).Select(pair => pair.First.Size - pair.Second.Size)])];
    }

    /// <summary>Runtimes do not agree on positions in a shape that is given: with one it is written in other operations.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs.Has(2) ? null : new(Name)
    {
        Attributes = [new OnnxAttribute("kernel_shape", Kernel.ToLongs()), new OnnxAttribute("pads", Pads.ToLongs()), new OnnxAttribute("strides", Strides.ToLongs())],
        RuntimeTypes = [DType.Float32],
    };

    private static ExampleInput Positions(Shape shape, params long[] numbers) => new(shape, DType.Int64) { Numbers = numbers, IsConstant = true };
}
