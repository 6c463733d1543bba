using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution with vectors along the output channels: each tap's weights for two vectors of channels meet six pixels of the padded image as it
/// lies (see <see cref="PaddedPlanes"/>), whatever the strides. One job computes some pixels and output channels of one image.
/// </summary>
/// <remarks>Each output is one chain of multiply-adds over bias, (channel, ky, kx), so its bits do not depend on how the work is split.</remarks>
internal unsafe struct PixelConvolution<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    // Taps whose weights for two vectors of channels stay in the first-level cache beside the sums and the image's part that they meet.
    private const int TapBytes = 12_800;

    // Pixels whose sums stay near while the taps run: whole tiles, and whole vectors when they are transposed.
    private const int PixelLimit = 40 * PixelTile.MaxPixels, PixelUnit = 4 * PixelTile.MaxPixels;

    private ConvolutionShape shape;
    private PaddedPlanes planes;
    private T* x;
    private T* packed;
    private T* bias;
    private T* y;
    private bool relu;
    private int* tapOffsets;
    private T* padded;
    private nint paddedStep;
    private bool isPadded;
    private byte* scratch;
    private PixelGrid grid;

    private static int Width => 2 * TSimd.Count;

    private static int SumBytes => PixelLimit * Width * sizeof(T);

    /// <summary>y = conv(x, w) + bias, rectified if asked.</summary>
    /// <param name="shape">Sizes; paddings are not negative.</param>
    /// <param name="x">Input.</param>
    /// <param name="w">Weights [O, C/groups, kH, kW].</param>
    /// <param name="bias">One value per output channel, or null.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y">Output, overwritten.</param>
    /// <param name="workers">Threads and scratch memory.</param>
    /// <param name="ready">The weights as <see cref="Pack"/> leaves them, or null.</param>
    public static void Run(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, Workers workers, T* ready)
    {
        PaddedPlanes planes = new(shape);
        int images = shape.Batch * shape.Groups, slivers = Slivers(shape.GroupOutChannels), channels = shape.GroupInChannels;
        long weights = ready is null ? Aligned(PackedCount(shape) * sizeof(T)) : 0, taps = Aligned((long)shape.PatchSize * sizeof(int));
        bool asItLies = shape is { PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 };

        // Few images are written out by all threads first, and then cut; of many, every thread does its own.
        bool cut = workers.Threads > 1 && images < 2 * workers.Threads;
        long image = Aligned(planes.Elements(channels) * sizeof(T));
        long padded = asItLies ? 0 : image * (cut ? images : workers.Threads);
        using Scratch scratch = workers.Rent(weights + taps + padded + (SumBytes * workers.Threads));
        T* packed = ready is null ? (T*)scratch.Pointer : ready, room = (T*)(scratch.Pointer + weights + taps);
        if (ready is null)
            Pack(shape, w, packed);
        planes.Offsets(channels, (int*)(scratch.Pointer + weights));
        if (cut && !asItLies)
            PlaneFilling<T>.Run(planes, images, channels, shape.InPlane, x, room, (nint)(image / sizeof(T)), workers);
        PixelGrid grid = cut
            ? PixelGrid.For(images, shape.OutPlane, 1, slivers, shape.PatchSize, (long)shape.PatchSize * Width * sizeof(T), image, workers.Threads)
            : new(1, 1);
        workers.For(
            images * grid.Count,
            new PixelConvolution<T, TVector, TSimd>
            {
                shape = shape,
                planes = planes,
                x = x,
                packed = packed,
                bias = bias,
                y = y,
                relu = relu,
                tapOffsets = (int*)(scratch.Pointer + weights),
                padded = asItLies ? x : room,
                paddedStep = asItLies ? (nint)channels * shape.InPlane : (nint)(image / sizeof(T)),
                isPadded = asItLies || cut,
                scratch = scratch.Pointer + weights + taps + padded,
                grid = grid,
            });
    }

    /// <summary>Elements that <see cref="Pack"/> writes.</summary>
    public static long PackedCount(in ConvolutionShape shape) => (long)shape.Groups * Slivers(shape.GroupOutChannels) * shape.PatchSize * Width;

    /// <summary>Packs the weights as [group, sliver of channels, tap, channel in sliver].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(in ConvolutionShape shape, T* w, T* packed)
    {
        int k = shape.PatchSize, channels = shape.GroupOutChannels;
        for (int group = 0; group < shape.Groups; group++, w += (nint)channels * k)
        {
            for (int first = 0; first < channels; first += Width, packed += (nint)k * Width)
                GemmPacking.Transposed(w + ((nint)first * k), k, Math.Min(Width, channels - first), k, Width, packed);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int part = index % grid.Count, image = index / grid.Count, slivers = Slivers(shape.GroupOutChannels);
        T* planes = padded + ((isPadded ? image : participant) * paddedStep), sums = (T*)(scratch + (participant * SumBytes));
        if (!isPadded)
            this.planes.FillPlanes(x + ((nint)image * shape.GroupInChannels * shape.InPlane), shape.GroupInChannels, planes);
        int across = part / grid.PixelParts, along = part % grid.PixelParts;
        int firstSliver = PixelGrid.First(across, grid.SliverParts, slivers), lastSliver = PixelGrid.First(across + 1, grid.SliverParts, slivers);
        int first = PixelGrid.First(along, grid.PixelParts, shape.OutPlane), last = PixelGrid.First(along + 1, grid.PixelParts, shape.OutPlane);
        int blocks = (last - first + PixelLimit - 1) / PixelLimit, each = (last - first + blocks - 1) / Math.Max(1, blocks);
        each = (each + PixelUnit - 1) / PixelUnit * PixelUnit;

        // Whatever is larger, the weights or the image, is read once.
        if ((lastSliver - firstSliver) * Width > (long)shape.InPlane * (last - first) / shape.OutPlane / (shape.KernelHeight * shape.KernelWidth))
        {
            for (int sliver = firstSliver; sliver < lastSliver; sliver++)
            {
                for (int at = first; at < last; at += each)
                    Block(image, sliver, at, Math.Min(each, last - at), planes, sums);
            }
        }
        else
        {
            for (int at = first; at < last; at += each)
            {
                for (int sliver = firstSliver; sliver < lastSliver; sliver++)
                    Block(image, sliver, at, Math.Min(each, last - at), planes, sums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Block(int image, int sliver, int first, int pixels, T* planes, T* sums)
    {
        int k = shape.PatchSize, channels = shape.GroupOutChannels, group = image % shape.Groups;
        int channel = (group * channels) + (sliver * Width), count = Math.Min(Width, channels - (sliver * Width));
        T* w = packed + (((nint)(group * Slivers(channels)) + sliver) * k * Width);
        int chunks = Math.Max(1, (int)(((long)k * Width * sizeof(T) + TapBytes - 1) / TapBytes));
        int panels = (pixels + PixelTile.MaxPixels - 1) / PixelTile.MaxPixels;
        int* pixelOffsets = stackalloc int[PixelLimit + PixelTile.MaxPixels];
        this.planes.Pixels(first, pixels, pixelOffsets);
        new Span<int>(pixelOffsets + pixels, PixelTile.MaxPixels).Clear();
        T* start = stackalloc T[Width];
        for (int j = 0; j < Width; j++)
            start[j] = bias is not null && j < count ? bias[channel + j] : T.Zero;

        // The bias stands at the beginning of each chain. The panels of a chunk ask for the next one's weights together.
        PixelSums<T> target = new() { Start = start, AheadStep = PixelSums<T>.Step(Width, panels, (long)Slivers(channels) * k * Width) };
        T* to = y + ((((nint)(image / shape.Groups) * shape.OutChannels) + channel) * shape.OutPlane) + first;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int tap = PixelGrid.First(chunk, chunks, k), taps = PixelGrid.First(chunk + 1, chunks, k) - tap;
            (target.Fresh, target.Relu) = (chunk == 0, relu && chunk == chunks - 1);
            target.Ahead = w + ((nint)(tap + taps) * Width);
            for (int panel = 0; panel < panels; panel++, target.Ahead += taps * target.AheadStep)
            {
                int at = PixelGrid.First(panel, panels, pixels), height = PixelGrid.First(panel + 1, panels, pixels) - at;
                target.At = sums + ((nint)at * Width);
                PixelTile.Run<T, TVector, TSimd>(height, taps, planes, tapOffsets + tap, pixelOffsets + at, w + ((nint)tap * Width), target);
            }
        }

        GemmPacking.Transpose(sums, Width, pixels, count, shape.OutPlane, to);
    }

    private static int Slivers(int channels) => (channels + Width - 1) / Width;

    private static long Aligned(long bytes) => (bytes + 63) & ~63;
}

/// <summary>Chooses the vector width of a convolution at run time.</summary>
internal static unsafe class PixelConvolution
{
    // With fewer taps the way from and to memory costs more than whole vectors gain.
    private const int FewTaps = 64;

    /// <summary>Whether output channels fill vectors better than the pixels of a row do.</summary>
    public static bool Suits<T>(in ConvolutionShape shape)
        where T : unmanaged
    {
        if (!shape.CanPad || shape.PatchSize < FewTaps)
            return false;
        int lanes = SimdWidths.Lanes<T>(SimdWidths.Best), channels = shape.GroupOutChannels;
        long here = (long)Whole(channels, 2 * lanes) * shape.OutPlane;
        if (!ShiftedConvolution.Handles(shape))
            return here <= 2L * channels * shape.OutPlane;
        long there = (long)channels * ShiftedConvolution.Columns(shape, lanes);
        return here * 21 / 20 < there;
    }

    public static void Run<T>(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, SimdWidth width, Workers workers, Storage? packed = null)
        where T : unmanaged, INumber<T>
    {
        T* ready = packed is null ? null : (T*)packed.Address;
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: PixelConvolution<T, Vector512<T>, Simd512<T>>.Run(shape, x, w, bias, relu, y, workers, ready); break;
            case SimdWidth.Vector256: PixelConvolution<T, Vector256<T>, Simd256<T>>.Run(shape, x, w, bias, relu, y, workers, ready); break;
            default: PixelConvolution<T, Vector128<T>, Simd128<T>>.Run(shape, x, w, bias, relu, y, workers, ready); break;
        }
    }

    /// <summary>Packs weights so that convolutions with them need not: the last argument of <see cref="Run"/>, beside the weights themselves.</summary>
    public static Storage Pack<T>(in ConvolutionShape shape, ReadOnlySpan<T> w, SimdWidth width)
        where T : unmanaged, INumber<T>
    {
        fixed (T* pw = w)
        {
            return SimdWidths.Compiled(width) switch
            {
                SimdWidth.Vector512 => PackAll<T, Vector512<T>, Simd512<T>>(shape, pw),
                SimdWidth.Vector256 => PackAll<T, Vector256<T>, Simd256<T>>(shape, pw),
                _ => PackAll<T, Vector128<T>, Simd128<T>>(shape, pw),
            };
        }
    }

    private static Storage PackAll<T, TVector, TSimd>(in ConvolutionShape shape, T* w)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        Storage packed = new(PixelConvolution<T, TVector, TSimd>.PackedCount(shape) * sizeof(T));
        PixelConvolution<T, TVector, TSimd>.Pack(shape, w, (T*)packed.Address);
        return packed;
    }

    private static int Whole(int count, int unit) => (count + unit - 1) / unit * unit;
}
