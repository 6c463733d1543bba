using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>What poolings share: a window that moves over each channel of an image [N, C, H, W], or of a signal or volume with any number of axes in the place of H and W.</summary>
/// <param name="Kernel">The size of the window along each axis.</param>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Padding before each axis, then after each axis; less than the window.</param>
/// <param name="Dilations">Distances of the places of the window along each axis.</param>
/// <param name="CeilMode">Whether a last window that reaches beyond the padding counts.</param>
public abstract record Pooling(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations, bool CeilMode) : Operation
{
    private int Axes => Kernel.Count;

    /// <summary>The attributes of the window. Windows that reach beyond the padding are written as more padding where it counts for nothing and is less than the window, since
    /// runtimes do not agree on <c>ceil_mode</c>.</summary>
    private protected IEnumerable<OnnxAttribute> WindowAttributes(Shape image, bool padsCount)
    {
        int[] overhang = [.. Enumerable.Range(0, Axes).Select(axis => Overhang(image, axis))];
        bool isPadding = !padsCount && image.Skip(2).All(d => d.IsStatic) && overhang.Select((more, axis) => (long)Pads[Axes + axis] + more < Kernel[axis]).All(fits => fits);
        if (CeilMode && !isPadding)
            yield return new OnnxAttribute("ceil_mode", 1L);
        if (Dilations.Any(d => d != 1))
            yield return new OnnxAttribute("dilations", Dilations.ToLongs());
        yield return new OnnxAttribute("kernel_shape", Kernel.ToLongs());
        yield return new OnnxAttribute("pads", (IReadOnlyList<long>)[.. Pads.Select((pad, i) => i < Axes || !isPadding ? pad : pad + (long)overhang[i - Axes])]);
        yield return new OnnxAttribute("strides", Strides.ToLongs());
    }

    /// <summary>How far the last window reaches beyond the padding; 0 where sizes are not known.</summary>
    private protected int Overhang(Shape image, int axis) =>
        WindowCount.Overhang(image[axis + 2], Pads[axis], Pads[Axes + axis], Kernel[axis], Strides[axis], Dilations[axis], CeilMode);

    /// <summary>How far the last window reaches beyond the padding, known or symbolic; below zero where windows end before it.</summary>
    private protected Dim Beyond(Shape image, int axis) =>
        WindowCount.Beyond(image[axis + 2], Pads[axis], Pads[Axes + axis], Kernel[axis], Strides[axis], Dilations[axis], CeilMode);

    /// <summary>Refuses an image over which the places of a dilated window can step: while its sizes were not known, nobody could.</summary>
    private protected void RequirePlaces(ReadOnlySpan<int> image)
    {
        if (Dilations.Any(d => d > 1))
            OutputShape(Shape.OfSizes(image));
    }

    /// <summary>Refuses the gradient of a result that has another shape than the result, once sizes are known; where no window fits into an image of open size, there are none.</summary>
    private protected void RequireGradient(ReadOnlySpan<int> found, ReadOnlySpan<int> image)
    {
        Shape x = Shape.OfSizes(image);
        IEnumerable<Dim> windows = Enumerable.Range(0, Axes).Select(axis => WindowCount.Of(x[axis + 2], Pads[axis], Pads[Axes + axis], Kernel[axis], Strides[axis], Dilations[axis], CeilMode));
        Require.Gradient(this, [x[0], x[1], .. windows], Shape.OfSizes(found));
    }

    private protected Shape OutputShape(Shape image)
    {
        if (image.Rank < 3)
            throw new ShapeException($"{Name} expects an image [N, C, …] with at least one axis more, found the shape {image}.");
        int axes = image.Rank - 2;
        RequireEach("kernel", Kernel, axes);
        RequireEach("strides", Strides, axes);
        RequireEach("dilations", Dilations, axes);
        if (Pads.Count != 2 * axes || Pads.Any(p => p < 0))
            throw new ShapeException($"{Name} expects {2 * axes} pads of at least 0, found {Pads}.");
        return [image[0], image[1], .. Enumerable.Range(0, axes).Select(axis => Out(image, axis))];
    }

    /// <summary>
    /// The pooling as poolings of images, one after the other: along the last two axes, then along each axis before them, of which a row is all that lies behind it. The
    /// window of a volume is the product of windows along its axes, and so are the numbers of places that count.
    /// </summary>
    private protected PoolingShape[] Passes(ReadOnlySpan<int> x, ReadOnlySpan<int> y)
    {
        var passes = new PoolingShape[Math.Max(1, Axes - 1)];
        int row = Axes - 2, inner = 1;
        bool isSignal = Axes == 1;
        passes[0] = new PoolingShape
        {
            Planes = Value.CountOf(x[..^Math.Min(Axes, 2)]),
            InHeight = isSignal ? 1 : x[^2],
            InWidth = x[^1],
            OutHeight = isSignal ? 1 : y[^2],
            OutWidth = y[^1],
            KernelHeight = isSignal ? 1 : Kernel[row],
            KernelWidth = Kernel[^1],
            StrideHeight = isSignal ? 1 : Strides[row],
            StrideWidth = Strides[^1],
            PadTop = isSignal ? 0 : Pads[row],
            PadLeft = Pads[Axes - 1],
            PadBottom = isSignal ? 0 : Pads[Axes + row],
            PadRight = Pads[^1],
            DilationHeight = isSignal ? 1 : Dilations[row],
            DilationWidth = Dilations[^1],
        };
        for (int i = 1; i < passes.Length; i++)
        {
            int axis = Axes - 2 - i;
            inner = passes[i - 1].OutPlane;
            passes[i] = new PoolingShape
            {
                Planes = Value.CountOf(x[..(axis + 2)]),
                InHeight = x[axis + 2],
                InWidth = inner,
                OutHeight = y[axis + 2],
                OutWidth = inner,
                KernelHeight = Kernel[axis],
                KernelWidth = 1,
                StrideHeight = Strides[axis],
                PadTop = Pads[axis],
                PadBottom = Pads[Axes + axis],
                DilationHeight = Dilations[axis],
            };
        }

        return passes;
    }

    private void RequireEach(string what, IntList numbers, int axes)
    {
        if (numbers.Count != axes || numbers.Any(n => n < 1))
        {
            throw new ShapeException($"{Name} expects for {axes} axes {axes} numbers of at least 1 as {what}, found {numbers}.");
        }
    }

    private Dim Out(Shape image, int axis)
    {
        (Dim size, int before, int after) = (image[axis + 2], Pads[axis], Pads[Axes + axis]);
        Dim room = WindowCount.Room(size, before, after, Kernel[axis], Dilations[axis]);
        if ((room.IsStatic && room.Number < 0) || before >= Kernel[axis] || after >= Kernel[axis])
        {
            throw new ShapeException(
                $"{Name} expects a window that fits into the padded image and pads less than the window, found window {Kernel}, dilations {Dilations} and "
                + $"pads {Pads} for {image}.");
        }

        Dim windows = WindowCount.Of(size, before, after, Kernel[axis], Strides[axis], Dilations[axis], CeilMode);
        for (int o = 0; Dilations[axis] > 1 && size.IsStatic && o < windows.Size; o++)
        {
            // The places of a dilated window can step over a small image; such a window has no maximum.
            if (new PoolingWindow(o, Strides[axis], before, Dilations[axis], Kernel[axis], size.Size).Count(Dilations[axis]) == 0)
            {
                throw new ShapeException(
                    $"{Name} expects that every window has a place in the image, found none in window {o} along axis {axis + 2} of {image} "
                    + $"with window {Kernel}, dilations {Dilations} and pads {Pads}.");
            }
        }

        return windows;
    }
}
