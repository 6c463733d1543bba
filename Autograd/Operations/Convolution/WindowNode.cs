using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>Reads what convolutions and poolings share: kernel, strides, dilations, and padding that is given or follows from <c>auto_pad</c>.</summary>
/// <param name="node">The node.</param>
/// <param name="kernel">Height and width of the kernel.</param>
internal sealed class WindowNode(OnnxNode node, IntList kernel)
{
    public IntList Kernel => kernel;

    public IntList Strides { get; } = Pair(node, "strides");

    public IntList Dilations { get; } = node.Knows("dilations") ? Pair(node, "dilations") : [1, 1];

    /// <summary>Top, left, bottom, right. Automatic padding gives ⌈size / stride⌉ windows; an odd rest goes to the end (upper) or the beginning (lower).</summary>
    public IntList Pads => node.Text("auto_pad") switch
    {
        "NOTSET" => node.Integers("pads") is not { } pads ? [0, 0, 0, 0]
            : pads.Count == 4 ? [.. pads.Select(p => checked((int)p))]
            : throw new ShapeException($"{node.Operator} expects four pads for an image of two dimensions, found {string.Join(", ", pads)}."),
        "VALID" => [0, 0, 0, 0],
        "SAME_UPPER" => Same(atEnd: true),
        "SAME_LOWER" => Same(atEnd: false),
        var other => throw new GraphException($"{node.Operator} expects auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, found {other}."),
    };

    public static IntList KernelOf(OnnxNode node) => node.Integers("kernel_shape") switch
    {
        [var height, var width] => [checked((int)height), checked((int)width)],
        null => throw new GraphException($"{node.Operator} needs the attribute \"kernel_shape\", found none."),
        var other => throw new ShapeException($"{node.Operator} takes windows of two dimensions, found kernel_shape {string.Join(", ", other)}."),
    };

    private static IntList Pair(OnnxNode node, string name) => node.Integers(name) switch
    {
        null => [1, 1],
        [< 1, _] or [_, < 1] => throw new ShapeException($"{node.Operator} expects {name} of at least 1, found {string.Join(", ", node.Integers(name)!)}."),
        [var vertical, var horizontal] => [checked((int)vertical), checked((int)horizontal)],
        var other => throw new ShapeException($"{node.Operator} takes windows of two dimensions, found {name} {string.Join(", ", other)}."),
    };

    private IntList Same(bool atEnd)
    {
        Shape image = node[0].Shape;
        (int top, int bottom) = Side(Size(image, 2), 0, atEnd);
        (int left, int right) = Side(Size(image, 3), 1, atEnd);
        return [top, left, bottom, right];
    }

    private int Size(Shape image, int axis) => image.Rank == 4 && image[axis].IsStatic
        ? image[axis].Size
        : throw new ShapeException($"{node.Operator} with auto_pad {node.Text("auto_pad")} needs an image [N, C, H, W] with known H and W, found {image}.");

    private (int Before, int After) Side(int size, int axis, bool atEnd)
    {
        int windows = (size + Strides[axis] - 1) / Strides[axis];
        int total = Math.Max(0, ((windows - 1) * Strides[axis]) + (Dilations[axis] * (kernel[axis] - 1)) + 1 - size);
        return atEnd ? (total / 2, total - (total / 2)) : (total - (total / 2), total / 2);
    }
}
