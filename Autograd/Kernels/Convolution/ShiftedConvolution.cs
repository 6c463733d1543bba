using System.Numerics;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution as a product whose right operand is never copied: row p of the patch matrix is the padded image, shifted
/// (see <see cref="PaddedPlanes"/>). One job computes some panels of output channels of one image.
/// </summary>
/// <remarks>Each output is one chain of multiply-adds over (channel, ky, kx), so its bits do not depend on how the work is split.</remarks>
internal unsafe struct ShiftedConvolution<T, TVector, TSimd> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private ConvolutionShape shape;
    private PaddedPlanes planes;
    private T* x;
    private T* packed;
    private T* bias;
    private T* y;
    private bool relu;
    private int* offsets;
    private byte* scratch;
    private long scratchBytes;
    private int parts;

    // Columns are tiled either row by row of the output or over the padded rows in one go: whatever wastes less.
    private int tiles;
    private int tilesPerRow;
    private int rowPitch;

    private static int Width => 2 * TSimd.Count;

    /// <summary>y = conv(x, w) + bias, rectified if asked.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Input.</param>
    /// <param name="w">Weights [O, C/groups, kH, kW].</param>
    /// <param name="bias">One value per output channel, or null.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y">Output, overwritten.</param>
    /// <param name="workers">Threads and scratch memory.</param>
    /// <param name="ready">The weights as <see cref="Pack"/> leaves them, or null.</param>
    public static void Run(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, Workers workers, T* ready)
    {
        PaddedPlanes planes = new(shape, shape.StrideWidth);
        int k = shape.PatchSize, perRow = Tiles(shape.OutWidth), tiles = ShiftedConvolution.Columns(shape, Width) / Width;
        bool byRow = perRow * shape.OutHeight == tiles;
        int panels = Panels(shape.GroupOutChannels);
        long weights = ready is null ? Aligned((long)shape.OutChannels * k * sizeof(T)) : 0, offsets = Aligned((long)k * sizeof(int));
        long image = Aligned(planes.Elements(shape.GroupInChannels) * sizeof(T));
        long perThread = image + Aligned((long)TSimd.MaxRows * tiles * Width * sizeof(T));
        using Scratch scratch = workers.Rent(weights + offsets + (perThread * workers.Threads));
        T* packed = ready is null ? (T*)scratch.Pointer : ready;
        if (ready is null)
            Pack(shape, w, packed);
        int* table = (int*)(scratch.Pointer + weights);
        planes.Offsets(shape.GroupInChannels, table);
        int jobs = shape.Batch * shape.Groups;
        int parts = jobs >= 2 * workers.Threads ? 1 : Math.Min(panels, workers.Threads);
        workers.For(
            jobs * parts,
            new ShiftedConvolution<T, TVector, TSimd>
            {
                shape = shape,
                planes = planes,
                x = x,
                packed = packed,
                bias = bias,
                y = y,
                relu = relu,
                offsets = table,
                scratch = scratch.Pointer + weights + offsets,
                scratchBytes = perThread,
                parts = parts,
                tiles = tiles,
                tilesPerRow = byRow ? perRow : tiles,
                rowPitch = byRow ? perRow * Width : planes.Width,
            });
    }

    /// <summary>Packs the weights as [group, panel of channels, tap, channel in panel].</summary>
    public static void Pack(in ConvolutionShape shape, T* w, T* packed)
    {
        int k = shape.PatchSize, panels = Panels(shape.GroupOutChannels);
        for (int group = 0; group < shape.Groups; group++)
        {
            T* to = packed + ((long)group * shape.GroupOutChannels * k), from = w + ((long)group * shape.GroupOutChannels * k);
            for (int panel = 0; panel < panels; panel++)
            {
                int first = First(panel, panels, shape.GroupOutChannels), rows = First(panel + 1, panels, shape.GroupOutChannels) - first;
                GemmPacking.Transposed(from + ((long)first * k), k, rows, k, rows, to + ((long)first * k));
            }
        }
    }

    public readonly void Execute(int index, int participant)
    {
        int part = index % parts, job = index / parts, group = job % shape.Groups, image = job / shape.Groups;
        int channels = shape.GroupOutChannels, k = shape.PatchSize, outWidth = shape.OutWidth, outHeight = shape.OutHeight;
        byte* own = scratch + (participant * scratchBytes);
        T* padded = (T*)own;
        T* block = (T*)(own + Aligned(planes.Elements(shape.GroupInChannels) * sizeof(T)));
        planes.Fill(x + ((((long)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane), shape.GroupInChannels, padded);
        GemmAhead<T> ahead = default;
        int panels = Panels(channels), ldc = tiles * Width;
        GemmTarget<T> target = new() { Ldc = ldc, Alpha = T.One, Relu = relu, Merges = relu || bias is not null };
        for (int panel = part * panels / parts; panel < (part + 1) * panels / parts; panel++)
        {
            int first = First(panel, panels, channels), rows = First(panel + 1, panels, channels) - first;
            int channel = (group * channels) + first;
            T* a = packed + ((long)channel * k);
            target.RowBias = bias is null ? null : bias + channel;
            for (int tile = 0; tile < tiles; tile++)
            {
                T* b = padded + ((long)(tile / tilesPerRow) * shape.StrideHeight * planes.Width) + (tile % tilesPerRow * Width);
                target.C = block + (tile * Width);
                GemmTile.Run<T, TVector, TSimd, Shifted>(rows, k, a, rows, b, 0, offsets, null, ref ahead, &target);
            }

            T* to = y + ((((long)image * shape.OutChannels) + channel) * shape.OutPlane);
            for (int row = 0; row < rows; row++)
            {
                for (int oy = 0; oy < outHeight; oy++, to += outWidth)
                    new ReadOnlySpan<T>(block + ((long)row * ldc) + ((long)oy * rowPitch), outWidth).CopyTo(new Span<T>(to, outWidth));
            }
        }
    }

    private static int Tiles(int columns) => (columns + Width - 1) / Width;

    // Panels of nearly equal height, so that none is too low to keep the units busy.
    private static int Panels(int rows) => (rows + TSimd.MaxRows - 1) / TSimd.MaxRows;

    private static int First(int panel, int panels, int rows) => (int)((long)panel * rows / panels);

    private static long Aligned(long bytes) => (bytes + 63) & ~63;
}

/// <summary>Chooses the vector width of a convolution at run time.</summary>
internal static unsafe class ShiftedConvolution
{
    /// <summary>Whether the convolution can be computed without copying patches.</summary>
    public static bool Handles(in ConvolutionShape shape) => shape.CanPadInPhases;

    /// <summary>The columns that are computed for each channel of an image in tiles of <paramref name="width"/>, those that are thrown away included.</summary>
    public static int Columns(in ConvolutionShape shape, int width)
    {
        int byRow = Tiles(shape.OutWidth) * shape.OutHeight;
        return width * (shape.HasUnitStrides ? Math.Min(byRow, Tiles(((shape.OutHeight - 1) * (int)shape.PaddedWidth) + shape.OutWidth)) : byRow);

        int Tiles(int columns) => (columns + width - 1) / width;
    }

    public static void Run<T>(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, SimdWidth width, Workers workers, Storage? packed = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* ready = packed is null ? null : (T*)packed.Address;
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: ShiftedConvolution<T, Vector512<T>, Simd512<T>>.Run(shape, x, w, bias, relu, y, workers, ready); break;
            case SimdWidth.Vector256: ShiftedConvolution<T, Vector256<T>, Simd256<T>>.Run(shape, x, w, bias, relu, y, workers, ready); break;
            default: ShiftedConvolution<T, Vector128<T>, Simd128<T>>.Run(shape, x, w, bias, relu, y, workers, ready); break;
        }
    }

    /// <summary>Packs weights so that convolutions with them need not: the last argument of <see cref="Run"/>, beside the weights themselves.</summary>
    public static Storage Pack<T>(in ConvolutionShape shape, ReadOnlySpan<T> w, SimdWidth width)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Storage packed = new((long)w.Length * sizeof(T));
        T* to = (T*)packed.Address;
        fixed (T* pw = w)
        {
            switch (SimdWidths.Compiled(width))
            {
                case SimdWidth.Vector512: ShiftedConvolution<T, Vector512<T>, Simd512<T>>.Pack(shape, pw, to); break;
                case SimdWidth.Vector256: ShiftedConvolution<T, Vector256<T>, Simd256<T>>.Pack(shape, pw, to); break;
                default: ShiftedConvolution<T, Vector128<T>, Simd128<T>>.Pack(shape, pw, to); break;
            }
        }

        return packed;
    }
}
