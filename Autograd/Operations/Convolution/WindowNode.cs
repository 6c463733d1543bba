using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>Reads what convolutions and poolings share: kernel, strides, dilations, and padding that is given or follows from <c>auto_pad</c>.</summary>
/// <param name="node">The node.</param>
/// <param name="kernel">The sizes of the kernel, which may be open where only padding that is given needs to be read.</param>
internal sealed class WindowNode(OnnxNode node, IReadOnlyList<Dim> kernel)
{
    /// <summary>The window of a pooling.</summary>
    /// <param name="node">The node, whose attributes say how large it is.</param>
    public WindowNode(OnnxNode node)
        : this(node, [.. KernelOf(node).Select(size => Dim.OfNumber(size))])
    {
    }

    /// <summary>The number of axes along which the window moves.</summary>
    public int Axes => kernel.Count;

    /// <summary>The sizes of the kernel.</summary>
    /// <exception cref="ShapeException">One is open.</exception>
    public IntList Kernel => kernel.All(size => size.IsStatic)
        ? [.. kernel.Select(size => checked((int)size.Number))]
        : throw new ShapeException($"{node.Operator} needs to know the sizes of the kernel for auto_pad {AutoPad} or an output_shape, found {string.Join(", ", kernel)}.");

    public IntList Strides { get; } = Each(node, "strides", kernel.Count);

    public IntList Dilations { get; } = node.Knows("dilations") ? Each(node, "dilations", kernel.Count) : [.. Enumerable.Repeat(1, kernel.Count)];

    /// <summary>How the padding follows from the sizes; NOTSET where it is given.</summary>
    public string AutoPad { get; } = node.Knows("auto_pad") ? node.Text("auto_pad") : "NOTSET";

    /// <summary>Before each axis, then after each. Automatic padding gives ⌈size / stride⌉ windows; an odd rest goes to the end (upper) or the beginning (lower).</summary>
    public IntList Pads => AutoPad switch
    {
        "NOTSET" => node.Integers("pads") is not { } pads ? [.. new int[2 * kernel.Count]]
            : pads.Count == 2 * kernel.Count ? [.. pads.Select(p => checked((int)p))]
            : throw new ShapeException($"{node.Operator} expects {2 * kernel.Count} pads for {kernel.Count} axes, found {string.Join(", ", pads)}."),
        "VALID" => [.. new int[2 * kernel.Count]],
        "SAME_UPPER" => Same(atEnd: true),
        "SAME_LOWER" => Same(atEnd: false),
        var other => throw new GraphException($"{node.Operator} expects auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, found {other}."),
    };

    private static IntList KernelOf(OnnxNode node) => node.Integers("kernel_shape") is { } kernel
        ? [.. kernel.Select(size => checked((int)size))]
        : throw new GraphException($"{node.Operator} needs the attribute \"kernel_shape\", found none.");

    /// <summary>The size of the image along an axis that must be known.</summary>
    public int Size(int axis) => node[0].Shape is var image && image.Rank == kernel.Count + 2 && image[axis + 2].IsStatic
        ? image[axis + 2].Size
        : throw new ShapeException($"{node.Operator} needs to know the size of axis {axis + 2} for auto_pad {AutoPad} or an output_shape, found {node[0].Shape}.");

    private static IntList Each(OnnxNode node, string name, int axes) => node.Integers(name) switch
    {
        null => [.. Enumerable.Repeat(1, axes)],
        var given when given.Any(number => number < 1) => throw new ShapeException($"{node.Operator} expects {name} of at least 1, found {string.Join(", ", given)}."),
        var given when given.Count == axes => [.. given.Select(number => checked((int)number))],
        var other => throw new ShapeException($"{node.Operator} expects {axes} {name} for {axes} axes, found {name} {string.Join(", ", other)}."),
    };

    private IntList Same(bool atEnd)
    {
        (int Before, int After)[] sides = [.. Enumerable.Range(0, kernel.Count).Select(axis => Side(axis, atEnd))];
        return [.. sides.Select(side => side.Before), .. sides.Select(side => side.After)];
    }

    private (int Before, int After) Side(int axis, bool atEnd)
    {
        // With steps of 1 the padding is the same for every size.
        int size = Strides[axis] == 1 ? 1 : Size(axis);
        long windows = ((long)size + Strides[axis] - 1) / Strides[axis];
        long total = Math.Max(0, ((windows - 1) * Strides[axis]) + ((long)Dilations[axis] * (Kernel[axis] - 1)) + 1 - size);
        (int less, int more) = (checked((int)(total / 2)), checked((int)(total - (total / 2))));
        return atEnd ? (less, more) : (more, less);
    }
}
