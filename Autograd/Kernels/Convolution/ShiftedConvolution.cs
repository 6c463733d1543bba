using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution as a product whose right operand is never copied: row p of the patch matrix is the padded image, shifted
/// (see <see cref="PaddedPlanes"/>). One job computes some panels of output channels of some rows of one image.
/// </summary>
/// <remarks>Each output is one chain of multiply-adds over (channel, ky, kx), so its bits do not depend on how the work is split.</remarks>
internal unsafe struct ShiftedConvolution<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
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
    private T* padded;
    private nint paddedStep;
    private bool isPadded;
    private T* blocks;
    private nint blockStep;
    private PixelGrid grid;

    // Columns are tiled either row by row of the output or over the padded rows in one go: whatever wastes less.
    private int taps;
    private bool byRow;
    private int vectors;

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
        int k = shape.PatchSize, channels = shape.GroupInChannels, panels = Panels(shape.GroupOutChannels), images = shape.Batch * shape.Groups;
        bool byRow = ShiftedConvolution.ByRow(shape, TSimd.Count);
        int vectors = ShiftedConvolution.Vectors(byRow ? shape.OutWidth : ShiftedConvolution.InOneGo(shape), TSimd.Count), rows = byRow ? shape.OutHeight : 1;

        // Few images are written out by all threads first, and then cut; of many, every thread does its own.
        bool cut = workers.Threads > 1 && images < 2 * workers.Threads;
        long weights = ready is null ? Aligned((long)shape.OutChannels * k * sizeof(T)) : 0, offsets = Aligned((long)k * sizeof(int));
        long image = Aligned(planes.Elements(channels) * sizeof(T)), block = Aligned((long)TSimd.MaxRows * (byRow ? 2 : vectors) * TSimd.Count * sizeof(T));
        long padded = image * (cut ? images : workers.Threads);
        using Scratch scratch = workers.Rent(weights + offsets + padded + (block * workers.Threads));
        T* packed = ready is null ? (T*)scratch.Pointer : ready, room = (T*)(scratch.Pointer + weights + offsets);
        if (ready is null)
            Pack(shape, w, packed);
        planes.Offsets(channels, (int*)(scratch.Pointer + weights));
        if (cut)
            PlaneFilling<T>.Run(planes, images, channels, shape.InPlane, x, room, (nint)(image / sizeof(T)), workers);

        // A tile has as many multiply-adds as one of half as many pixels by slivers of output channels.
        PixelGrid grid = cut
            ? PixelGrid.For(images, rows, TSimd.MaxRows * vectors / 2, panels, k, (long)TSimd.MaxRows * k * sizeof(T), image, workers.Threads)
            : new(1, 1);
        workers.For(
            images * grid.Count,
            new ShiftedConvolution<T, TVector, TSimd>
            {
                shape = shape,
                planes = planes,
                x = x,
                packed = packed,
                bias = bias,
                y = y,
                relu = relu,
                offsets = (int*)(scratch.Pointer + weights),
                padded = room,
                paddedStep = (nint)(image / sizeof(T)),
                isPadded = cut,
                blocks = room + (padded / sizeof(T)),
                blockStep = (nint)(block / sizeof(T)),
                grid = grid,
                taps = k,
                byRow = byRow,
                vectors = vectors,
            });
    }

    /// <summary>Packs the weights as [group, panel of channels, tap, channel in panel].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int part = index % grid.Count, image = index / grid.Count, group = image % shape.Groups, channels = shape.GroupOutChannels, panels = Panels(channels);
        T* planes = padded + ((isPadded ? image : participant) * paddedStep), block = blocks + (participant * blockStep);
        if (!isPadded)
            this.planes.Fill(x + ((nint)image * shape.GroupInChannels * shape.InPlane), shape.GroupInChannels, planes);
        int across = part / grid.PixelParts, along = part % grid.PixelParts, rows = byRow ? shape.OutHeight : 1;
        int firstRow = PixelGrid.First(along, grid.PixelParts, rows), lastRow = PixelGrid.First(along + 1, grid.PixelParts, rows);
        GemmTarget<T> target = new() { Alpha = T.One, Relu = relu, Merges = relu || bias is not null };
        for (int panel = PixelGrid.First(across, grid.SliverParts, panels); panel < PixelGrid.First(across + 1, grid.SliverParts, panels); panel++)
        {
            int first = First(panel, panels, channels), count = First(panel + 1, panels, channels) - first, channel = (group * channels) + first;
            T* a = packed + ((nint)channel * taps), to = y + ((((nint)(image / shape.Groups) * shape.OutChannels) + channel) * shape.OutPlane);
            target.RowBias = bias is null ? null : bias + channel;
            if (byRow)
            {
                for (int row = firstRow; row < lastRow; row++)
                    Row(count, a, planes + ((nint)row * shape.StrideHeight * this.planes.Width), to + ((nint)row * shape.OutWidth), row == lastRow - 1, block, target);
            }
            else
            {
                InOneGo(count, a, planes, to, block, target);
            }
        }
    }

    // A row of outputs of some channels. What the last tile writes beyond it the next row writes again; after the last row it goes elsewhere first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Row(int rows, T* a, T* b, T* to, bool isLast, T* block, GemmTarget<T> target)
    {
        int width = shape.OutWidth;
        GemmAhead<T> ahead = default;
        for (int vector = 0; vector < vectors; vector += 2)
        {
            int left = vector * TSimd.Count, end = Math.Min(vectors, vector + 2) * TSimd.Count;
            bool through = end <= width || (!isLast && end - width <= width);
            target.C = through ? to + left : block;
            target.Ldc = through ? shape.OutPlane : Width;
            Tile(rows, vectors - vector, a, b + left, ref ahead, &target);
            for (int row = 0; row < rows && !through; row++)
                new ReadOnlySpan<T>(block + (row * Width), width - left).CopyTo(new Span<T>(to + ((nint)row * shape.OutPlane) + left, width - left));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void InOneGo(int rows, T* a, T* b, T* to, T* block, GemmTarget<T> target)
    {
        int width = shape.OutWidth;
        GemmAhead<T> ahead = default;
        target.Ldc = vectors * TSimd.Count;
        for (int vector = 0; vector < vectors; vector += 2)
        {
            target.C = block + (vector * TSimd.Count);
            Tile(rows, vectors - vector, a, b + (vector * TSimd.Count), ref ahead, &target);
        }

        for (int row = 0; row < rows; row++)
        {
            for (int oy = 0; oy < shape.OutHeight; oy++, to += width)
                new ReadOnlySpan<T>(block + (row * target.Ldc) + ((nint)oy * planes.Width), width).CopyTo(new Span<T>(to, width));
        }
    }

    private readonly void Tile(int rows, int vectors, T* a, T* b, ref GemmAhead<T> ahead, GemmTarget<T>* target)
    {
        if (vectors > 1)
            GemmTile.Run<T, TVector, TSimd, Shifted>(rows, taps, a, rows, b, 0, offsets, null, ref ahead, target);
        else
            GemmTile.Run<T, TVector, TSimd, SlimShifted>(rows, taps, a, rows, b, 0, offsets, null, ref ahead, target);
    }

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

    /// <summary>The columns that are computed for each channel of an image in vectors of <paramref name="lanes"/>, those that are thrown away included; of a vector that stands alone more, since it takes longer.</summary>
    public static int Columns(in ConvolutionShape shape, int lanes) => ByRow(shape, lanes)
        ? shape.OutHeight * Cost(Vectors(shape.OutWidth, lanes), lanes)
        : Cost(Vectors(InOneGo(shape), lanes), lanes);

    /// <summary>Whether rows of outputs are tiled by themselves.</summary>
    public static bool ByRow(in ConvolutionShape shape, int lanes) =>
        !shape.HasUnitStrides || shape.OutHeight * Cost(Vectors(shape.OutWidth, lanes), lanes) <= Cost(Vectors(InOneGo(shape), lanes), lanes);

    /// <summary>The columns from the first output to the last over the padded rows.</summary>
    public static int InOneGo(in ConvolutionShape shape) => ((shape.OutHeight - 1) * (int)shape.PaddedWidth) + shape.OutWidth;

    /// <summary>The vectors that hold some columns.</summary>
    public static int Vectors(int columns, int lanes) => (columns + lanes - 1) / lanes;

    // Two vectors of columns make a tile; one alone takes more than half as long, the more so where its sums are too few to hide how long a multiply-add takes.
    private static int Cost(int vectors, int lanes) => (vectors / 2 * 2 * lanes) + (vectors % 2 * lanes * (SimdWidths.Best == SimdWidth.Vector512 ? 5 : 6) / 4);

    public static void Run<T>(in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, SimdWidth width, Workers workers, Storage? packed = null)
        where T : unmanaged, INumber<T>
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
        where T : unmanaged, INumber<T>
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
