using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Resizing;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// A convolution of images whose window reads where offsets say (ONNX <c>DeformConv</c>, from operator set 19 on; Dai et al. 2017, with masks Zhu et al. 2019). Inputs: x [n, c, h, w], weights
/// [m, c/group, kh, kw], offsets [n, offset groups·kh·kw·2, h', w'], for each element of the window how much further down and further right it reads, a bias [m], and factors
/// [n, offset groups·kh·kw, h', w'] of what is read. Between elements of x it is read bilinearly, outside are zeros. The result is [n, m, h', w'].
/// </summary>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Zeros around the image: top, left, bottom, right.</param>
/// <param name="Dilations">Distances of the weights along each axis.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
/// <param name="OffsetGroups">The number of groups of channels that are read at the same places.</param>
public sealed record DeformConv(IntList Strides, IntList Pads, IntList Dilations, int Group = 1, int OffsetGroups = 1) : CompositeOperation, IOperator
{
    private const int Since = 19;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new DeformConv([1, 1], [0, 0, 0, 0], [1, 1]), new ExampleInput(["batch", 1, 3, 4]), new([1, 1, 2, 2]), Offsets(["batch", 8, 2, 3])),
        new(
            new DeformConv([2, 1], [1, 0, 1, 2], [1, 2], Group: 2, OffsetGroups: 2),
            new ExampleInput([2, 4, 4, 3]), new([2, 2, 2, 2]), Offsets([2, 16, 3, 3]), new([2]), new([2, 8, 3, 3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        Shape w = node[1].Shape;
        if (w.Rank != 4 || !w[2].IsStatic || !w[3].IsStatic)
            throw new ShapeException($"{node.Operator} takes weights [M, C/group, height, width] with a kernel of known size, found {w}.");
        var window = new WindowNode(node, [w[2].Size, w[3].Size]);
        return new DeformConv(window.Strides, window.Pads, window.Dilations, node.Int32("group"), node.Int32("offset_group"))
            .ApplyAll([.. Enumerable.Range(0, node.Count).Select(node.Optional)]);
    }

    /// <summary>The elements that the windows read, as columns, times the weights as a matrix.</summary>
    /// <param name="inputs">The image, weights, offsets, bias and factors.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable w, Variable offsets) = (inputs[0], inputs[1], inputs[2]);
        if (x.DType.IsHalf())
            return [Expand(inputs.Map(input => input.Cast(DType.Float32)))[0].Cast(x.DType)];
        (Shape image, Shape weights, Shape places) = (x.Shape, w.Shape, offsets.Shape);
        if (Group < 1 || OffsetGroups < 1 || image.Rank != 4 || weights.Rank != 4 || places.Rank != 4 || !image[1].IsStatic || !weights.IsStatic || image[1].Size % OffsetGroups != 0
            || weights[1].Size * Group != image[1].Size || weights[0].Size % Group != 0 || places[1] != OffsetGroups * weights[2].Size * weights[3].Size * 2)
        {
            throw new ShapeException(
                $"{Name} expects an image [n, c, h, w], weights [m, c/{Group}, kh, kw] and offsets [n, {OffsetGroups}·kh·kw·2, h', w'], found {image}, {weights} and {places}.");
        }

        (int height, int width) = (weights[2].Size, weights[3].Size);
        int taps = height * width, own = image[1].Size / OffsetGroups;
        (Dim n, Dim rows, Dim columns) = (image[0], places[2], places[3]);
        RequireSize(0, image[2], height, rows);
        RequireSize(1, image[3], width, columns);
        Variable moved = Ops.Reshape(offsets, [n, OffsetGroups, taps, 2, rows, columns]);
        Variable down = Place(moved, 0, Start(x.DType, Enumerable.Range(0, taps).Select(tap => tap / width), 0, [taps, 1, 1]), Ops.Reshape(Steps(offsets, 2), [rows, 1]), x, 2);
        Variable right = Place(moved, 1, Start(x.DType, Enumerable.Range(0, taps).Select(tap => tap % width), 1, [taps, 1, 1]), Steps(offsets, 3), x, 3);
        Variable grid = Ops.Reshape(Ops.Concat(5, Wide(right), Wide(down)), [n * OffsetGroups, taps * rows, columns, 2]);
        Variable read = new GridSample().Apply(Ops.Reshape(x, [n * OffsetGroups, own, image[2], image[3]]), grid);
        if (inputs.Optional(4) is { } factors)
            read = Ops.Reshape(read, [n, OffsetGroups, own, taps, rows, columns]) * Ops.Reshape(factors, [n, OffsetGroups, 1, taps, rows, columns]);
        Variable matrix = Ops.Reshape(read, [n, Group, weights[1].Size * taps, rows * columns]);
        Variable y = Ops.Reshape(Ops.MatMul(Ops.Reshape(w, [1, Group, weights[0].Size / Group, weights[1].Size * taps]), matrix), [n, weights[0], rows, columns]);
        return [inputs.Optional(3) is { } bias ? y + Ops.Reshape(bias, [weights[0], 1, 1]) : y];
    }

    /// <summary>One node from operator set 19 on.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since ? null : new(Name)
    {
        Attributes =
        [
            new OnnxAttribute("dilations", Dilations.ToLongs()), new OnnxAttribute("group", (long)Group),
            new OnnxAttribute("kernel_shape", new long[] { request.Inputs[1].Shape[2].Size, request.Inputs[1].Shape[3].Size }),
            new OnnxAttribute("offset_group", (long)OffsetGroups), new OnnxAttribute("pads", Pads.ToLongs()), new OnnxAttribute("strides", Strides.ToLongs()),
        ],
    };

    private static ExampleInput Offsets(Shape shape) => new(shape, Low: -0.9, High: 0.9) { Separation = 0.001 };

    private static Variable Wide(Variable x) => new Unsqueeze().Apply(x, Ops.Integers(5));

    /// <summary>Where each element of the window begins along an axis.</summary>
    private Variable Start(DType type, IEnumerable<int> steps, int axis, int[] sizes)
    {
        Value start = Value.Zeros(type, sizes);
        foreach ((int step, int tap) in steps.Select((step, tap) => (step, tap)))
            start[tap] = (step * Dilations[axis]) - Pads[axis];
        return Variable.Of(start);
    }

    /// <summary>How far each window has moved along an axis.</summary>
    private Variable Steps(Variable offsets, int axis) => Ops.Cast(Sizes.Positions(offsets, axis) * Strides[axis - 2], offsets.DType);

    /// <summary>Places along an axis from −1 to 1, as a grid has them.</summary>
    private static Variable Place(Variable moved, int part, Variable start, Variable steps, Variable x, int axis)
    {
        Variable place = new Squeeze().Apply(Ops.Slice(moved, 3, part, part + 1), Ops.Integers(3)) + start + steps;
        return (((2 * place) + 1) / Ops.Size(x.Shape[axis], x.DType, x)) - 1;
    }

    private void RequireSize(int axis, Dim size, int kernel, Dim found)
    {
        if (!size.IsStatic || !found.IsStatic)
            return;
        int expected = ((size.Size + Pads[axis] + Pads[axis + 2] - (Dilations[axis] * (kernel - 1)) - 1) / Strides[axis]) + 1;
        if (found.Size != expected)
            throw new ShapeException($"{Name} expects offsets for {expected} windows along axis {axis + 2}, found {found}.");
    }
}
