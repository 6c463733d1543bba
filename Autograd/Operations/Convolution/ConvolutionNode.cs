using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>Reads <c>Conv</c> and <c>ConvTranspose</c>.</summary>
internal static class ConvolutionNode
{
    public static IReadOnlyList<Variable> Forward(OnnxNode node)
    {
        Conv convolution = Options(node);
        (Shape x, Dim own) = (node[0].Shape, node[1].Shape[1]);
        if (x.Rank > 1 && own.IsStatic)
            node.Equate(x[1], own * convolution.Group);
        else if (x.Rank > 1 && x[1].TryDivide(convolution.Group, out Dim each))
            node.Equate(own, each);
        if (node.Optional(2) is { Shape.Rank: 1 } bias)
            node.Equate(bias.Shape[0], node[1].Shape[0]);
        return [convolution.Apply(node[0], Weights(node), node.Optional(2))];
    }

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
        int axes = window.Axes;
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

        if (node[0].Shape.Rank > 1)
            node.Equate(node[0].Shape[1], node[1].Shape[0]);
        var transposed = new ConvTranspose(window.Strides, [.. pads], window.Dilations, node.Int32("group"), [.. rest]);
        Variable weights = Weights(node);
        if (zeros.All(zero => zero == 0))
            return [transposed.Apply(node[0], weights, node.Optional(2))];
        Variable padded = Ops.Pad(transposed.Apply(node[0], weights), [.. new int[axes + 2]], [0, 0, .. zeros]);
        return [node.Optional(2) is { } bias ? padded + Ops.Reshape(bias, [bias.Shape[0], .. Enumerable.Repeat((Dim)1, axes)]) : padded];
    }

    /// <summary>The window; sizes of the kernel that the file leaves open are what the node states, or stay open.</summary>
    private static WindowNode Window(OnnxNode node)
    {
        Shape w = node[1].Shape;
        if (w.Rank < 3)
            throw new ShapeException($"{node.Operator} takes weights [M, C/group, …] with a kernel of at least one axis, found {w}.");
        Dim[] kernel = [.. w.Skip(2)];
        if (node.Int32s("kernel_shape") is not { } stated)
            return new WindowNode(node, kernel);
        Dim[] said = [.. stated.Select(size => Dim.OfNumber(size))];
        foreach ((Dim size, Dim other) in kernel.Zip(said))
            node.Equate(size, other);
        return said.Length == kernel.Length && kernel.Zip(said).All(pair => pair.First == pair.Second || pair.First.DependsOnData)
            ? new WindowNode(node, said)
            : throw new ShapeException($"{node.Operator} expects kernel_shape {string.Join(", ", kernel.AsEnumerable())} for weights {w}, found {string.Join(", ", stated)}.");
    }

    /// <summary>The weights. Where the size of their kernel depends on data it must turn out to be what the node states.</summary>
    private static Variable Weights(OnnxNode node)
    {
        Variable w = node[1];
        if (node.Int32s("kernel_shape") is not { } stated || w.Shape.Skip(2).All(size => size.IsStatic))
            return w;
        Variable found = new ShapeOf(2).Apply(w), areSame = Ops.Equal(Ops.Sum(Ops.Abs(found - Ops.Integers([.. stated.Select(size => (long)size)]))), Variable.Scalar(0, DType.Int64));
        Variable known = Ops.Checked(w, areSame, expected: true, $"{node.Operator} takes weights with a kernel of the sizes {string.Join(", ", stated)}, as its kernel_shape says.");
        return Ops.Reshape(known, [w.Shape[0], w.Shape[1], .. stated.Select(size => (Dim)size)]);
    }
}
