using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution of channels that do not see each other, one plane after the other: the tiles of a product would be one row high. The plane is written out with its padding, of each row first every
/// s-th element from the first on, then from the second on, and so on for a stride of s, so that neighbouring outputs read neighbouring elements. One job computes the outputs of one plane.
/// </summary>
/// <remarks>Each output is one chain of multiply-adds over (ky, kx), so its bits do not depend on how the work is split, nor on the vectors.</remarks>
internal unsafe struct DepthwiseConvolution<T, TVector, TSimd> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private ConvolutionShape shape;
    private T* x;
    private T* w;
    private T* bias;
    private T* y;
    private bool relu;
    private int* offsets;
    private byte* scratch;
    private long scratchBytes;

    // Elements of one phase of a padded row, and of all phases.
    private int phase;
    private int pitch;

    public static void Run(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, Workers workers)
    {
        int stride = shape.StrideWidth, phase = (int)((shape.PaddedWidth + stride - 1) / stride), pitch = phase * stride, taps = shape.PatchSize;
        long table = Aligned(taps * sizeof(int)), perThread = Aligned(((shape.PaddedHeight * pitch) + DepthwiseConvolution.Slack) * sizeof(T));
        using Scratch scratch = workers.Rent(table + (perThread * workers.Threads));
        int* offsets = (int*)scratch.Pointer;
        for (int ky = 0; ky < shape.KernelHeight; ky++)
        {
            for (int kx = 0; kx < shape.KernelWidth; kx++)
            {
                int place = kx * shape.DilationWidth;
                offsets[(ky * shape.KernelWidth) + kx] = (ky * shape.DilationHeight * pitch) + (place % stride * phase) + (place / stride);
            }
        }

        workers.For(
            shape.Batch * shape.Groups,
            new DepthwiseConvolution<T, TVector, TSimd>
            {
                shape = shape,
                x = x,
                w = w,
                bias = bias,
                y = y,
                relu = relu,
                offsets = offsets,
                scratch = scratch.Pointer + table,
                scratchBytes = perThread,
                phase = phase,
                pitch = pitch,
            });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        T* padded = (T*)(scratch + (participant * scratchBytes));
        Fill(x + ((long)index * shape.InPlane), padded);
        int group = index % shape.Groups, channels = shape.GroupOutChannels, taps = shape.PatchSize, width = shape.OutWidth, height = shape.OutHeight;
        for (int channel = group * channels; channel < (group + 1) * channels; channel++)
        {
            T* to = y + ((((long)(index / shape.Groups) * shape.OutChannels) + channel) * shape.OutPlane);
            TVector shift = bias is null ? TSimd.Zero : TSimd.Broadcast(bias[channel]);
            int row = 0;
            for (; row + 4 <= height; row += 4)
            {
                for (int column = 0; column < width; column += TSimd.Count)
                    FourRows(padded + ((long)row * shape.StrideHeight * pitch) + column, w + ((long)channel * taps), taps, shift, to + ((long)row * width) + column, width - column);
            }

            for (; row < height; row++)
            {
                for (int column = 0; column < width; column += TSimd.Count)
                    OneRow(padded + ((long)row * shape.StrideHeight * pitch) + column, w + ((long)channel * taps), taps, shift, to + ((long)row * width) + column, width - column);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void FourRows(T* from, T* weights, int taps, TVector shift, T* to, int rest)
    {
        TVector a = TSimd.Zero, b = TSimd.Zero, c = TSimd.Zero, d = TSimd.Zero;
        long next = (long)shape.StrideHeight * pitch;
        for (int tap = 0; tap < taps; tap++)
        {
            TVector weight = TSimd.Broadcast(weights[tap]);
            T* at = from + offsets[tap];
            a = TSimd.MultiplyAdd(weight, TSimd.Load(at), a);
            b = TSimd.MultiplyAdd(weight, TSimd.Load(at + next), b);
            c = TSimd.MultiplyAdd(weight, TSimd.Load(at + (2 * next)), c);
            d = TSimd.MultiplyAdd(weight, TSimd.Load(at + (3 * next)), d);
        }

        int width = shape.OutWidth;
        Store(a, shift, to, rest);
        Store(b, shift, to + width, rest);
        Store(c, shift, to + (2 * width), rest);
        Store(d, shift, to + (3 * width), rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void OneRow(T* from, T* weights, int taps, TVector shift, T* to, int rest)
    {
        TVector sum = TSimd.Zero;
        for (int tap = 0; tap < taps; tap++)
            sum = TSimd.MultiplyAdd(TSimd.Broadcast(weights[tap]), TSimd.Load(from + offsets[tap]), sum);
        Store(sum, shift, to, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Store(TVector sum, TVector shift, T* to, int rest)
    {
        TVector value = bias is null ? sum : TSimd.Add(sum, shift);
        value = relu ? TSimd.Relu(value) : value;
        if (rest >= TSimd.Count)
        {
            TSimd.Store(value, to);
            return;
        }

        // What lies behind the row belongs to another.
        StoreFirst(value, to, rest);
    }

    // A method of its own, so that the memory is given back after each row.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreFirst(TVector value, T* to, int count)
    {
        T* whole = stackalloc T[TSimd.Count];
        TSimd.Store(value, whole);
        new ReadOnlySpan<T>(whole, count).CopyTo(new Span<T>(to, count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Fill(T* source, T* destination)
    {
        int width = shape.InWidth, stride = shape.StrideWidth;
        new Span<T>(destination, (int)((shape.PaddedHeight * pitch) + DepthwiseConvolution.Slack)).Clear();
        for (int row = 0; row < shape.InHeight; row++, source += width)
        {
            T* to = destination + ((long)(row + shape.PadTop) * pitch);
            if (stride == 1)
            {
                new ReadOnlySpan<T>(source, width).CopyTo(new Span<T>(to + shape.PadLeft, width));
                continue;
            }

            for (int first = 0; first < Math.Min(stride, width); first++)
            {
                int place = first + shape.PadLeft;
                T* each = to + (place % stride * phase) + (place / stride);
                for (int column = first; column < width; column += stride)
                    *each++ = source[column];
            }
        }
    }

    private static long Aligned(long bytes) => (bytes + 63) & ~63;
}

/// <summary>Chooses the vector width of a convolution of channels by themselves at run time.</summary>
internal static unsafe class DepthwiseConvolution
{
    /// <summary>Elements behind a plane that a last vector may read.</summary>
    public const int Slack = 128;

    // A wider stride reads so little of what it writes out that it does not matter; many outputs of one plane are better off as a product.
    private const int MostStride = 4, MostOutputs = 2;

    // An int counts the elements of a plane.
    private const long MostElements = 1 << 28;

    /// <summary>Whether the convolution is of this kind.</summary>
    public static bool Suits(in ConvolutionShape shape) => shape is { Groups: > 1, GroupInChannels: 1, GroupOutChannels: <= MostOutputs, StrideWidth: <= MostStride, CanPad: true }
        && shape.PaddedHeight * (shape.PaddedWidth + MostStride) <= MostElements;

    public static void Run<T>(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, SimdWidth width, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (width)
        {
            case SimdWidth.Vector512: DepthwiseConvolution<T, Vector512<T>, Simd512<T>>.Run(shape, x, w, bias, relu, y, workers); break;
            case SimdWidth.Vector256: DepthwiseConvolution<T, Vector256<T>, Simd256<T>>.Run(shape, x, w, bias, relu, y, workers); break;
            default: DepthwiseConvolution<T, Vector128<T>, Simd128<T>>.Run(shape, x, w, bias, relu, y, workers); break;
        }
    }
}
