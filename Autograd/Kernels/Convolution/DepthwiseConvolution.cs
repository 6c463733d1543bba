using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution of channels that do not see each other, one plane after the other: the tiles of a product would be one row high. The plane is written out with its padding (see
/// <see cref="PaddedPlanes"/>), so that neighbouring outputs read neighbouring elements. One job computes the outputs of one plane.
/// </summary>
/// <remarks>Each output is one chain of multiply-adds over (ky, kx), or over (kx, ky) where rows share what they read: its bits do not depend on how the work is split, nor on the vectors.</remarks>
internal unsafe struct DepthwiseConvolution<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private ConvolutionShape shape;
    private PaddedPlanes planes;
    private T* x;
    private T* w;
    private T* bias;
    private T* y;
    private bool relu;
    private int width;
    private int height;
    private int taps;
    private bool byRows;
    private int mostVectors;
    private int* offsets;
    private byte* scratch;
    private long scratchBytes;

    // Elements of a row of a tile's sums.
    private static int Width => DepthwiseTile.MaxVectors * TSimd.Count;

    public static void Run(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, Workers workers)
    {
        PaddedPlanes planes = new(shape, shape.StrideWidth);
        long table = Aligned(shape.PatchSize * sizeof(int)), perThread = Aligned(planes.Elements(1) * sizeof(T)) + Aligned(DepthwiseTile.MaxRows * Width * sizeof(T));
        using Scratch scratch = workers.Rent(table + (perThread * workers.Threads));
        int* offsets = (int*)scratch.Pointer;
        planes.Offsets(1, offsets);

        // Two vectors of columns fit the registers beside the weights where there are thirty-two.
        bool byRows = shape is { StrideHeight: 1, DilationHeight: 1 } && DepthwiseRowTile.Handles(shape.KernelHeight);
        int mostVectors = !byRows ? DepthwiseTile.MaxVectors : TSimd.MaxRows > DepthwiseRowTile.MaxRows ? 2 : 1;
        workers.For(
            shape.Batch * shape.Groups,
            new DepthwiseConvolution<T, TVector, TSimd>
            {
                shape = shape,
                planes = planes,
                x = x,
                w = w,
                bias = bias,
                y = y,
                relu = relu,
                width = shape.OutWidth,
                height = shape.OutHeight,
                taps = shape.PatchSize,
                byRows = byRows,
                mostVectors = mostVectors,
                offsets = offsets,
                scratch = scratch.Pointer + table,
                scratchBytes = perThread,
            });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        byte* own = scratch + (participant * scratchBytes);
        T* padded = (T*)own, sums = (T*)(own + Aligned(planes.Elements(1) * sizeof(T)));
        planes.Fill(x + ((long)index * shape.InPlane), 1, padded);
        int group = index % shape.Groups, channels = shape.GroupOutChannels;
        int vectors = (width + TSimd.Count - 1) / TSimd.Count, columns = (vectors + mostVectors - 1) / mostVectors;
        int tall = byRows ? DepthwiseRowTile.MaxRows : DepthwiseTile.Rows(vectors), bands = (height + tall - 1) / tall;
        nint step = (nint)shape.StrideHeight * planes.Width;
        for (int channel = group * channels; channel < (group + 1) * channels; channel++)
        {
            T* to = y + ((((long)(index / shape.Groups) * shape.OutChannels) + channel) * height * width), shift = bias is null ? null : bias + channel, weights = w + ((long)channel * taps);
            for (int band = 0; band < bands; band++)
            {
                int row = (int)((long)band * height / bands), rows = (int)((long)(band + 1) * height / bands) - row;

                // From right to left: what the last vector of a row writes into the next is written again. Behind the last row lies another plane.
                for (int column = columns - 1; column >= 0; column--)
                {
                    int first = column * vectors / columns, count = ((column + 1) * vectors / columns) - first, left = first * TSimd.Count, filled = Math.Min(count * TSimd.Count, width - left);
                    bool whole = filled == count * TSimd.Count, through = (count * TSimd.Count) - filled <= width, ends = !whole && (band == bands - 1 || !through);
                    T* place = to + ((long)row * width) + left, last = place + ((long)(rows - 1) * width), from = padded + (row * step) + left;
                    DepthwiseTarget<T> target = new(through ? place : sums, through ? width : Width, ends ? sums + ((rows - 1) * Width) : last, shift, relu);
                    if (byRows)
                        DepthwiseRowTile.Run<T, TVector, TSimd>(rows, count, (shape.KernelHeight, shape.KernelWidth), from, offsets, step, weights, target);
                    else
                        DepthwiseTile.Run<T, TVector, TSimd>(rows, count, taps, from, offsets, step, weights, target);
                    for (int i = through ? rows - 1 : 0; i < rows && ends; i++)
                        new ReadOnlySpan<T>(sums + (i * Width), filled).CopyTo(new Span<T>(place + ((long)i * width), filled));
                }
            }
        }
    }

    private static long Aligned(long bytes) => (bytes + 63) & ~63;
}

/// <summary>Chooses the vector width of a convolution of channels by themselves at run time.</summary>
internal static unsafe class DepthwiseConvolution
{
    // Many outputs of one plane are better off as a product.
    private const int MostOutputs = 2;

    /// <summary>Whether the convolution is of this kind.</summary>
    public static bool Suits(in ConvolutionShape shape) => shape is { Groups: > 1, GroupInChannels: 1, GroupOutChannels: <= MostOutputs, CanPadInPhases: true };

    public static void Run<T>(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, SimdWidth width, Workers workers)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: DepthwiseConvolution<T, Vector512<T>, Simd512<T>>.Run(shape, x, w, bias, relu, y, workers); break;
            case SimdWidth.Vector256: DepthwiseConvolution<T, Vector256<T>, Simd256<T>>.Run(shape, x, w, bias, relu, y, workers); break;
            default: DepthwiseConvolution<T, Vector128<T>, Simd128<T>>.Run(shape, x, w, bias, relu, y, workers); break;
        }
    }
}
