using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>Reads <c>Conv</c> and <c>ConvTranspose</c>.</summary>
internal static class ConvolutionNode
{
    public static IReadOnlyList<Variable> Forward(OnnxNode node) => [Options(node).Apply(node[0], node[1], node.Optional(2))];

    /// <summary>The convolution that a node with an image and weights as its first inputs asks for.</summary>
    public static Conv Options(OnnxNode node)
    {
        WindowNode window = Window(node);
        return new Conv(window.Strides, window.Pads, window.Dilations, node.Int32("group"));
    }

    /// <summary>Where the size of the result is given, or follows from <c>auto_pad</c>, the pads are what is left over; where it is more than there is, zeros follow.</summary>
    public static IReadOnlyList<Variable> Transposed(OnnxNode node)
    {
        WindowNode window = Window(node);
        int axes = window.Kernel.Count;
        IReadOnlyList<long> extra = node.Integers("output_padding") ?? new long[axes];
        IReadOnlyList<long>? asked = node.Integers("output_shape");
        string auto = window.AutoPad;
        if (extra.Count != axes || (asked is not null && asked.Count < axes))
            throw new ShapeException($"ConvTranspose expects {axes} numbers as output_padding and output_shape, found {string.Join(", ", extra)} and {string.Join(", ", asked ?? [])}.");
        int[] pads = asked is null && auto is "NOTSET" or "VALID" ? [.. window.Pads] : new int[2 * axes], rest = new int[axes], zeros = new int[axes];
        for (int axis = 0; axis < axes; axis++)
        {
            long more = extra[axis];
            if (asked is not null || auto.StartsWith("SAME", StringComparison.Ordinal))
            {
                int size = window.Size(axis), stride = window.Strides[axis];
                long target = asked?[asked.Count - axes + axis] ?? ((long)size * stride);
                long total = ((long)stride * (size - 1)) + more + ((long)window.Dilations[axis] * (window.Kernel[axis] - 1)) + 1 - target;
                more += Math.Max(0, -total);
                total = Math.Max(0, total);
                pads[axis] = checked((int)(auto == "SAME_UPPER" ? total / 2 : total - (total / 2)));
                pads[axes + axis] = checked((int)(total - pads[axis]));
            }

            rest[axis] = (int)Math.Min(more, window.Strides[axis] - 1);
            zeros[axis] = checked((int)(more - rest[axis]));
        }

        var transposed = new ConvTranspose(window.Strides, [.. pads], window.Dilations, node.Int32("group"), [.. rest]);
        if (zeros.All(zero => zero == 0))
            return [transposed.Apply(node[0], node[1], node.Optional(2))];
        Variable padded = Ops.Pad(transposed.Apply(node[0], node[1]), [.. new int[axes + 2]], [0, 0, .. zeros]);
        return [node.Optional(2) is { } bias ? padded + Ops.Reshape(bias, [bias.Shape[0], .. Enumerable.Repeat((Dim)1, axes)]) : padded];
    }

    private static WindowNode Window(OnnxNode node)
    {
        Shape w = node[1].Shape;
        if (w.Rank < 3 || w.Skip(2).Any(d => !d.IsStatic))
            throw new ShapeException($"{node.Operator} takes weights [M, C/group, …] with a kernel of known size, found {w}.");
        IntList kernel = [.. w.Skip(2).Select(d => d.Size)];
        return node.Integers("kernel_shape") is not { } stated || stated.SequenceEqual(kernel.ToLongs())
            ? new WindowNode(node, kernel)
            : throw new ShapeException($"{node.Operator} expects kernel_shape {kernel} for weights {w}, found {string.Join(", ", stated)}.");
    }
}
