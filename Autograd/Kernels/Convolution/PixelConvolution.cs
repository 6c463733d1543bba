using System.Numerics;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution with vectors along the output channels: each tap's weights for two vectors of channels meet six pixels of the padded image as it
/// lies (see <see cref="PaddedPlanes"/>), whatever the strides. One job computes some pixels of one image.
/// </summary>
/// <remarks>Each output is one chain of multiply-adds over bias, (channel, ky, kx), so its bits do not depend on how the work is split.</remarks>
internal unsafe struct PixelConvolution<T, TVector, TSimd> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    // Taps whose weights for two vectors of channels stay in the first-level cache beside the image's part that they meet.
    private const int TapBytes = 12_800;

    // Pixels whose sums stay near while the taps run.
    private const int PixelLimit = 256;

    private ConvolutionShape shape;
    private PaddedPlanes planes;
    private T* x;
    private T* packed;
    private T* bias;
    private T* y;
    private bool relu;
    private int* tapOffsets;
    private int* pixelOffsets;
    private byte* scratch;
    private long scratchBytes;
    private int parts;

    private static int Width => 2 * TSimd.Count;

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
        long weights = ready is null ? Aligned(PackedCount(shape) * sizeof(T)) : 0, taps = Aligned((long)shape.PatchSize * sizeof(int));
        long pixels = Aligned(((long)shape.OutPlane + PixelTile.MaxPixels) * sizeof(int));
        long perThread = Aligned(planes.Elements(shape.GroupInChannels) * sizeof(T)) + Aligned((long)PixelLimit * Width * sizeof(T));
        using Scratch scratch = workers.Rent(weights + taps + pixels + (perThread * workers.Threads));
        T* packed = ready is null ? (T*)scratch.Pointer : ready;
        if (ready is null)
            Pack(shape, w, packed);
        int* tapTable = (int*)(scratch.Pointer + weights), pixelTable = (int*)(scratch.Pointer + weights + taps);
        planes.Offsets(shape.GroupInChannels, tapTable);
        planes.Pixels(pixelTable);
        new Span<int>(pixelTable + shape.OutPlane, PixelTile.MaxPixels).Clear();
        int jobs = shape.Batch * shape.Groups;
        int parts = jobs >= 2 * workers.Threads ? 1 : Math.Min(workers.Threads, shape.OutPlane);
        workers.For(
            jobs * parts,
            new PixelConvolution<T, TVector, TSimd>
            {
                shape = shape,
                planes = planes,
                x = x,
                packed = packed,
                bias = bias,
                y = y,
                relu = relu,
                tapOffsets = tapTable,
                pixelOffsets = pixelTable,
                scratch = scratch.Pointer + weights + taps + pixels,
                scratchBytes = perThread,
                parts = parts,
            });
    }

    /// <summary>Elements that <see cref="Pack"/> writes.</summary>
    public static long PackedCount(in ConvolutionShape shape) => (long)shape.Groups * Slivers(shape.GroupOutChannels) * shape.PatchSize * Width;

    /// <summary>Packs the weights as [group, sliver of channels, tap, channel in sliver].</summary>
    public static void Pack(in ConvolutionShape shape, T* w, T* packed)
    {
        int k = shape.PatchSize, channels = shape.GroupOutChannels;
        for (int group = 0; group < shape.Groups; group++, w += (nint)channels * k)
        {
            for (int first = 0; first < channels; first += Width, packed += (nint)k * Width)
                GemmPacking.Transposed(w + ((nint)first * k), k, Math.Min(Width, channels - first), k, Width, packed);
        }
    }

    public readonly void Execute(int index, int participant)
    {
        int part = index % parts, job = index / parts, group = job % shape.Groups, image = job / shape.Groups;
        byte* own = scratch + (participant * scratchBytes);
        T* padded = (T*)own;
        T* sums = (T*)(own + Aligned(planes.Elements(shape.GroupInChannels) * sizeof(T)));
        planes.Fill(x + ((((long)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane), shape.GroupInChannels, padded);
        int first = (int)((long)part * shape.OutPlane / parts), last = (int)((long)(part + 1) * shape.OutPlane / parts);
        int blocks = (last - first + PixelLimit - 1) / PixelLimit;
        for (int block = 0; block < blocks; block++)
        {
            int from = first + (int)((long)block * (last - first) / blocks), to = first + (int)((long)(block + 1) * (last - first) / blocks);
            Block(image, group, from, to - from, padded, sums);
        }
    }

    private readonly void Block(int image, int group, int first, int pixels, T* padded, T* sums)
    {
        int k = shape.PatchSize, channels = shape.GroupOutChannels, slivers = Slivers(channels);
        int chunk = Math.Max(1, TapBytes / (Width * sizeof(T)));
        int panels = (pixels + PixelTile.MaxPixels - 1) / PixelTile.MaxPixels;
        for (int s = 0; s < slivers; s++)
        {
            int channel = (group * channels) + (s * Width), count = Math.Min(Width, channels - (s * Width));
            T* w = packed + (((long)(group * slivers) + s) * k * Width);
            Start(sums, pixels, channel, count);
            for (int tap = 0; tap < k; tap += chunk)
            {
                int taps = Math.Min(chunk, k - tap);
                for (int panel = 0; panel < panels; panel++)
                {
                    int at = (int)((long)panel * pixels / panels), height = (int)((long)(panel + 1) * pixels / panels) - at;
                    PixelTile.Run<T, TVector, TSimd>(
                        height, taps, padded, tapOffsets + tap, pixelOffsets + first + at, w + ((long)tap * Width), sums + ((long)at * Width));
                }
            }

            if (relu)
                Rectify(sums, pixels * Width);
            T* to = y + ((((long)image * shape.OutChannels) + channel) * shape.OutPlane) + first;
            GemmPacking.Transpose(sums, Width, pixels, count, shape.OutPlane, to);
        }
    }

    // The bias stands at the beginning of each chain.
    private readonly void Start(T* sums, int pixels, int channel, int count)
    {
        if (bias is null)
        {
            new Span<T>(sums, pixels * Width).Clear();
            return;
        }

        T* row = stackalloc T[Width];
        for (int j = 0; j < Width; j++)
            row[j] = j < count ? bias[channel + j] : T.Zero;
        TVector left = TSimd.Load(row), right = TSimd.Load(row + TSimd.Count);
        for (int pixel = 0; pixel < pixels; pixel++, sums += Width)
        {
            TSimd.Store(left, sums);
            TSimd.Store(right, sums + TSimd.Count);
        }
    }

    private static void Rectify(T* values, int count)
    {
        for (int i = 0; i < count; i += TSimd.Count)
            TSimd.Store(TSimd.Relu(TSimd.Load(values + i)), values + i);
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
        int width = 2 * SimdWidths.Lanes<T>(SimdWidths.Best), channels = shape.GroupOutChannels;
        long here = (long)Whole(channels, width) * shape.OutPlane;
        if (!shape.HasUnitStrides)
            return here <= 2L * channels * shape.OutPlane;
        long there = (long)channels * ShiftedConvolution.Columns(shape, width);
        return here * 21 / 20 < there;
    }

    public static void Run<T>(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, SimdWidth width, Workers workers, Storage? packed = null)
        where T : unmanaged, IFloatingPointIeee754<T>
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
        where T : unmanaged, IFloatingPointIeee754<T>
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
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        Storage packed = new(PixelConvolution<T, TVector, TSimd>.PackedCount(shape) * sizeof(T));
        PixelConvolution<T, TVector, TSimd>.Pack(shape, w, (T*)packed.Address);
        return packed;
    }

    private static int Whole(int count, int unit) => (count + unit - 1) / unit * unit;
}
