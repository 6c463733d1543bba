using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>Reads <c>Conv</c> and <c>ConvTranspose</c>.</summary>
internal static class ConvolutionNode
{
    public static IReadOnlyList<Variable> Forward(OnnxNode node)
    {
        WindowNode window = Window(node);
        var convolution = new Conv(window.Strides, window.Pads, window.Dilations, node.Int32("group"));
        return [convolution.Apply(node[0], node[1], node.Optional(2))];
    }

    /// <summary>The image of a transposed convolution is the one whose convolution has the size of the input: (in − 1)·stride + dilated kernel − pads +
    /// output_padding.</summary>
    public static IReadOnlyList<Variable> Transposed(OnnxNode node)
    {
        if (node.Has("output_shape") || node.Text("auto_pad") is not ("NOTSET" or "VALID"))
            throw new GraphException("ConvTranspose is read with explicit pads and output_padding only, found output_shape or auto_pad.");
        WindowNode window = Window(node);
        IReadOnlyList<long> rest = node.Integers("output_padding") ?? [0, 0];
        Shape x = node[0].Shape;
        int Size(int axis) => checked(((x[axis + 2].Size - 1) * window.Strides[axis]) + (window.Dilations[axis] * (window.Kernel[axis] - 1)) + 1 - window.Pads[axis] - window.Pads[axis + 2] + (int)rest[axis]);
        var transposed = new ConvInputGradient(window.Strides, window.Pads, window.Dilations, node.Int32("group"), [Size(0), Size(1)]);
        return [WithBias(node, transposed.Apply(node[0], node[1]))];
    }

    private static WindowNode Window(OnnxNode node)
    {
        Shape w = node[1].Shape;
        if (w.Rank == 4 && node.Integers("kernel_shape") is { } kernel && (kernel.Count != 2 || w[2] != Dim.OfNumber(kernel[0]) || w[3] != Dim.OfNumber(kernel[1])))
            throw new ShapeException($"{node.Operator} expects the kernel_shape of its weights {w}, found {string.Join(", ", kernel)}.");
        return w.Rank == 4 && w[2].IsStatic && w[3].IsStatic
            ? new WindowNode(node, [w[2].Size, w[3].Size])
            : throw new ShapeException($"{node.Operator} takes weights [M, C/group, kH, kW] with known kH and kW, found {w}.");
    }

    private static Variable WithBias(OnnxNode node, Variable y) =>
        node.Optional(2) is { } bias ? y + Ops.Reshape(bias, [1, bias.Shape[0], 1, 1]) : y;
}
