using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>What poolings share: a window that moves over each channel of an image [N, C, H, W].</summary>
/// <param name="Kernel">Height and width of the window.</param>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Padding around the image: top, left, bottom, right; less than the window.</param>
public abstract record Pooling(IntList Kernel, IntList Strides, IntList Pads) : Operation
{
    private protected IReadOnlyList<OnnxAttribute> Attributes =>
    [
        new OnnxAttribute("kernel_shape", Kernel.ToLongs()),
        new OnnxAttribute("pads", Pads.ToLongs()),
        new OnnxAttribute("strides", Strides.ToLongs()),
    ];

    private protected Shape OutputShape(TensorType x)
    {
        Require.Floating(this, x.DType);
        Require.Rank(this, x, 4);
        return x.Shape.With(2, Out(x, 0)).With(3, Out(x, 1));
    }

    private protected PoolingShape KernelShape(ReadOnlySpan<int> x, ReadOnlySpan<int> y) => new()
    {
        Planes = x[0] * x[1],
        InHeight = x[2],
        InWidth = x[3],
        OutHeight = y[2],
        OutWidth = y[3],
        KernelHeight = Kernel[0],
        KernelWidth = Kernel[1],
        StrideHeight = Strides[0],
        StrideWidth = Strides[1],
        PadTop = Pads[0],
        PadLeft = Pads[1],
        PadBottom = Pads[2],
        PadRight = Pads[3],
    };

    private int Out(TensorType x, int axis)
    {
        int room = Require.Static(this, x, axis + 2) + Pads[axis] + Pads[axis + 2] - Kernel[axis];
        return room >= 0 && Pads[axis] < Kernel[axis] && Pads[axis + 2] < Kernel[axis]
            ? (room / Strides[axis]) + 1
            : throw new ShapeException(
                $"{Name} expects a window that fits into the padded image and pads less than the window, found window {Kernel} and pads {Pads} for {x.Shape}.");
    }
}
