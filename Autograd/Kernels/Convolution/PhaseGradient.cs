using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The input gradient of a convolution with strides: pixels whose places, padding included, leave the same remainder by the strides are a phase, and the gradient of a phase is a convolution of
/// the output gradient with the taps of that remainder, turned by half a turn, without strides. Nothing is multiplied by zero, and no patches are added up.
/// </summary>
internal static unsafe class PhaseGradient
{
    // Phases that wait to be joined.
    private const long MostBytes = 8 << 20;

    // Wider strides leave most phases without taps, or with one.
    private const int MostStride = 4;

    /// <summary>Whether the convolution has strides and each phase is a convolution with padding. Patches that tile the image are one product and need only be moved.</summary>
    public static bool Suits(in ConvolutionShape shape)
    {
        if (shape.HasUnitStrides || shape.StrideHeight > MostStride || shape.StrideWidth > MostStride || shape.DilationHeight != 1 || shape.DilationWidth != 1
            || !shape.CanPad || Patches.Tile(shape) || shape.Batch == 0 || shape.InPlane == 0)
        {
            return false;
        }

        for (int r = 0; r < shape.StrideHeight; r++)
        {
            if (!Phase.Rows(shape, r).CanPad)
                return false;
        }

        for (int r = 0; r < shape.StrideWidth; r++)
        {
            if (!Phase.Columns(shape, r).CanPad)
                return false;
        }

        return true;
    }

    /// <summary>dx, overwritten.</summary>
    public static void Run<T>(in ConvolutionShape shape, T* dy, T* w, T* dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channels = shape.InChannels, outs = shape.GroupOutChannels, columns = shape.StrideWidth;
        using Scratch turned = workers.Rent((long)shape.OutChannels * shape.PatchSize * sizeof(T));
        T* weights = (T*)turned.Pointer;
        workers.For(channels, new PhaseWeights<T> { Shape = shape, W = w, Turned = weights });

        // Rows of zeros stand for a phase without taps.
        int widest = (shape.InWidth + columns - 1) / columns, tallest = (shape.InHeight + shape.StrideHeight - 1) / shape.StrideHeight;
        long image = (long)columns * channels * tallest * widest;
        int together = (int)Math.Clamp(MostBytes / (image * sizeof(T)), 1, shape.Batch);
        using Scratch scratch = workers.Rent(((together * image) + widest) * sizeof(T));
        T* phases = (T*)scratch.Pointer, zeros = phases + (together * image);
        new Span<T>(zeros, widest).Clear();
        nint phaseStep = (nint)(together * image / columns);
        for (int first = 0; first < shape.Batch; first += together)
        {
            int images = Math.Min(together, shape.Batch - first);
            T* from = dy + ((nint)first * shape.OutChannels * shape.OutPlane), to = dx + ((nint)first * channels * shape.InPlane), taps = weights;
            for (int r = 0; r < shape.StrideHeight; r++)
            {
                Phase rows = Phase.Rows(shape, r);
                for (int s = 0; s < columns; s++)
                {
                    Phase across = Phase.Columns(shape, s);
                    int count = rows.Taps * across.Taps;
                    if (count > 0 && rows.Count > 0 && across.Count > 0)
                        Convolve(shape, images, rows, across, from, taps, phases + (s * phaseStep), workers);
                    taps += (nint)channels * outs * count;
                }

                if (rows.Count > 0)
                    workers.For(images * channels, new PhaseJoin<T> { Shape = shape, Rows = rows, Phases = phases, Zeros = zeros, PhaseStep = phaseStep, X = to });
            }
        }
    }

    private static void Convolve<T>(in ConvolutionShape shape, int images, Phase rows, Phase columns, T* dy, T* taps, T* result, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ConvolutionShape phase = new()
        {
            Batch = images,
            InChannels = shape.OutChannels,
            InHeight = shape.OutHeight,
            InWidth = shape.OutWidth,
            OutChannels = shape.InChannels,
            KernelHeight = rows.Taps,
            KernelWidth = columns.Taps,
            PadTop = rows.Before,
            PadBottom = rows.After,
            PadLeft = columns.Before,
            PadRight = columns.After,
            Groups = shape.Groups,
        };
        Convolution.Forward(
            phase,
            new ReadOnlySpan<T>(dy, images * shape.OutChannels * shape.OutPlane),
            new ReadOnlySpan<T>(taps, shape.InChannels * shape.GroupOutChannels * rows.Taps * columns.Taps),
            [],
            new Span<T>(result, images * shape.InChannels * rows.Count * columns.Count),
            workers);
    }
}

/// <summary>The pixels along one axis whose places, padding included, leave one remainder by the stride.</summary>
/// <param name="First">The first pixel.</param>
/// <param name="Count">How many there are, a stride apart.</param>
/// <param name="Taps">The taps that meet them.</param>
/// <param name="Before">Padding before the output gradient for their convolution.</param>
/// <param name="After">Padding behind it.</param>
internal readonly record struct Phase(int First, int Count, int Taps, int Before, int After)
{
    /// <summary>Whether neither padding is negative, or nothing is to be convolved.</summary>
    public bool CanPad => Taps == 0 || Count == 0 || (Before >= 0 && After >= 0);

    public static Phase Rows(in ConvolutionShape shape, int remainder) =>
        Of(remainder, shape.InHeight, shape.OutHeight, shape.KernelHeight, shape.StrideHeight, shape.PadTop);

    public static Phase Columns(in ConvolutionShape shape, int remainder) =>
        Of(remainder, shape.InWidth, shape.OutWidth, shape.KernelWidth, shape.StrideWidth, shape.PadLeft);

    private static Phase Of(int remainder, int size, int outs, int kernel, int stride, int pad)
    {
        int first = (((remainder - pad) % stride) + stride) % stride, count = Math.Max(0, (size - first + stride - 1) / stride);
        int taps = Math.Max(0, (kernel - remainder + stride - 1) / stride), before = taps - 1 - ((first + pad - remainder) / stride);
        return new(first, count, taps, before, count + taps - 1 - outs - before);
    }
}

/// <summary>The taps of each phase, rows of phases outside: [row phase, column phase, input channel, output channel of the group, taps turned by half a turn]. One job turns those of an input channel.</summary>
internal unsafe struct PhaseWeights<T> : IJob
    where T : unmanaged
{
    public ConvolutionShape Shape;
    public T* W;
    public T* Turned;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int channels = Shape.GroupInChannels, outs = Shape.GroupOutChannels, kernel = Shape.KernelHeight * Shape.KernelWidth, down = Shape.StrideHeight * Shape.KernelWidth;
        T* from = W + ((((nint)(index / channels) * outs * channels) + (index % channels)) * kernel), phase = Turned;
        for (int r = 0; r < Shape.StrideHeight; r++)
        {
            int height = Phase.Rows(Shape, r).Taps;
            for (int s = 0; s < Shape.StrideWidth; s++)
            {
                int width = Phase.Columns(Shape, s).Taps;
                T* to = phase + ((nint)index * outs * height * width), tap = from + ((r + ((height - 1) * Shape.StrideHeight)) * Shape.KernelWidth) + s + ((width - 1) * Shape.StrideWidth);
                for (int o = 0; o < outs && width > 0; o++, tap += (nint)channels * kernel)
                {
                    for (int y = 0; y < height; y++)
                    {
                        for (int x = 0; x < width; x++)
                            *to++ = tap[-(y * down) - (x * Shape.StrideWidth)];
                    }
                }

                phase += (nint)Shape.InChannels * outs * height * width;
            }
        }
    }
}

/// <summary>Joins the column phases of one row phase: dx[…, a stride of rows apart]. One job joins those of a plane.</summary>
internal unsafe struct PhaseJoin<T> : IJob
    where T : unmanaged
{
    public ConvolutionShape Shape;
    public Phase Rows;
    public T* Phases;
    public T* Zeros;
    public nint PhaseStep;
    public T* X;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int stride = Shape.StrideWidth, width = Shape.InWidth;
        nint down = (nint)Shape.StrideHeight * width;
        T* plane = X + ((nint)index * Shape.InPlane) + ((nint)Rows.First * width);
        if (stride == 2 && sizeof(T) == sizeof(float))
        {
            T* even = Plane(index, Shape.PadLeft % 2, out nint evenStep), odd = Plane(index, 1 - (Shape.PadLeft % 2), out nint oddStep);
            for (int y = 0; y < Rows.Count; y++, plane += down, even += evenStep, odd += oddStep)
            {
                int count = width / 2;
                for (int i = Patches.Interleave((float*)even, (float*)odd, count, (float*)plane); i < count; i++)
                    (plane[2 * i], plane[(2 * i) + 1]) = (even[i], odd[i]);
                if (width % 2 != 0)
                    plane[width - 1] = even[count];
            }

            return;
        }

        for (int s = 0; s < stride; s++)
        {
            Phase columns = Phase.Columns(Shape, s);
            T* from = Plane(index, s, out nint step), to = plane + columns.First;
            for (int y = 0; y < Rows.Count; y++, from += step, to += down)
            {
                for (int i = 0; i < columns.Count; i++)
                    to[(nint)i * stride] = from[i];
            }
        }
    }

    /// <summary>The first row of a plane's column phase, and the distance of rows: none where there are no taps, and one row of zeros serves all.</summary>
    private readonly T* Plane(int index, int phase, out nint step)
    {
        Phase columns = Phase.Columns(Shape, phase);
        bool isZero = Rows.Taps * columns.Taps == 0;
        step = isZero ? 0 : columns.Count;
        return isZero ? Zeros : Phases + (phase * PhaseStep) + ((nint)index * Rows.Count * columns.Count);
    }
}
