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
    /// <summary>The distance between the places of the window: vertical, horizontal.</summary>
    private protected virtual IntList Spacing => [1, 1];

    private protected IReadOnlyList<OnnxAttribute> Attributes =>
    [
        new OnnxAttribute("kernel_shape", Kernel.ToLongs()),
        new OnnxAttribute("pads", Pads.ToLongs()),
        new OnnxAttribute("strides", Strides.ToLongs()),
    ];

    private protected Shape OutputShape(TensorType x)
    {
        Require.Rank(this, x, 4);
        RequirePositive("kernel", Kernel);
        RequirePositive("strides", Strides);
        RequirePositive("dilations", Spacing);
        if (Pads.Count != 4 || Pads.Any(p => p < 0))
        {
            throw new ShapeException($"{Name} expects four pads of at least 0, found {Pads}.");
        }

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
        DilationHeight = Spacing[0],
        DilationWidth = Spacing[1],
    };

    private void RequirePositive(string what, IntList numbers)
    {
        if (numbers.Count != 2 || numbers.Any(n => n < 1))
        {
            throw new ShapeException($"{Name} expects two numbers of at least 1 as {what}, found {numbers}.");
        }
    }

    private int Out(TensorType x, int axis)
    {
        int size = Require.Static(this, x, axis + 2);
        int room = size + Pads[axis] + Pads[axis + 2] - (Spacing[axis] * (Kernel[axis] - 1)) - 1;
        if (room < 0 || Pads[axis] >= Kernel[axis] || Pads[axis + 2] >= Kernel[axis])
        {
            throw new ShapeException(
                $"{Name} expects a window that fits into the padded image and pads less than the window, found window {Kernel}, dilations {Spacing} and "
                + $"pads {Pads} for {x.Shape}.");
        }

        int windows = (room / Strides[axis]) + 1;
        for (int o = 0; o < windows; o++)
        {
            // The places of a dilated window can step over a small image; such a window has no maximum.
            if (new PoolingWindow(o, Strides[axis], Pads[axis], Spacing[axis], Kernel[axis], size).Count(Spacing[axis]) == 0)
            {
                throw new ShapeException(
                    $"{Name} expects that every window has a place in the image, found none in window {o} along axis {axis + 2} of {x.Shape} "
                    + $"with window {Kernel}, dilations {Spacing} and pads {Pads}.");
            }
        }

        return windows;
    }
}
