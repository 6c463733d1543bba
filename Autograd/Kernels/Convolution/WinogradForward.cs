using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution by Winograd's minimal filtering: y = Aᵀ[Σ over channels of (G·w·Gᵀ) ⊙ (Bᵀ·x·B)]A for each tile, where the sums over channels of all
/// tiles are one matrix product for each of the 36 places of ⊙. One job computes some rows of tiles of one image, and where there are few of them, some of their output channels; of small
/// images it computes several, since the weights of all products are read for each job.
/// </summary>
/// <remarks>The order of each sum depends on the shape alone, and so do its bits.</remarks>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TVector">Vector type.</typeparam>
/// <typeparam name="TSimd">Vector operations.</typeparam>
/// <typeparam name="TKernel">Taps along each axis, 3 or 5.</typeparam>
/// <typeparam name="TTile">Outputs of a tile along each axis, 7 less the taps.</typeparam>
internal unsafe struct WinogradForward<T, TVector, TSimd, TKernel, TTile> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TKernel : struct, IRows
    where TTile : struct, IRows
{
    private const int Products = WinogradTransform<T, TVector, TSimd>.Products;

    // Channels whose transformed weights for two vectors of outputs stay in the first-level cache.
    private const int ChannelBytes = 12_800;

    // Transformed tiles of all images that threads share.
    private const long MostShared = 8 << 20;

    private ConvolutionShape shape;
    private WinogradShape tiling;
    private T* x;
    private T* weights;
    private T* bias;
    private T* y;
    private bool relu;
    private int* offsets;
    private byte* scratch;
    private long scratchBytes;
    private int blockRows;
    private int parts;
    private int together;
    private T* shared;
    private long weightCount;

    private static int Width => 2 * TSimd.Count;

    /// <summary>y = conv(x, w) + bias, rectified if asked.</summary>
    /// <param name="shape">Sizes that <see cref="Winograd.Suits{T}"/> accepts.</param>
    /// <param name="x">Input.</param>
    /// <param name="w">Weights [O, C/groups, r, r].</param>
    /// <param name="flipped">Whether the weights are those of the convolution whose input gradient this one is: [C, O/groups, r, r], turned by half a turn.</param>
    /// <param name="bias">One value per output channel, or null.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y">Output, overwritten.</param>
    /// <param name="workers">Threads and scratch memory.</param>
    /// <param name="ready">The weights as <see cref="WinogradWeights{T, TVector, TSimd, TKernel}"/> leaves them, or null.</param>
    public static void Run(in ConvolutionShape shape, T* x, T* w, bool flipped, T* bias, bool relu, T* y, Workers workers, T* ready)
    {
        WinogradShape tiling = new(shape, TSimd.Count);
        int depth = tiling.Whole(shape.GroupInChannels), outs = tiling.WholePairs(shape.GroupOutChannels);
        int blockRows = tiling.BlockRows(depth + outs), images = shape.Batch * shape.Groups, parts = 1, together = 1;

        // Few blocks are cut further for many threads, with tiles that all of them have transformed before.
        long sharedBytes = Aligned(Products * Step(tiling.TileRows * tiling.TilesAcross * depth) * sizeof(T));
        bool cut = workers.Threads > 1 && images * Blocks(tiling, blockRows) < 2 * workers.Threads && sharedBytes * images <= MostShared;
        if (cut)
        {
            long product = (long)Products * shape.GroupInChannels;
            PixelGrid grid = PixelGrid.For(images, tiling.TileRows, tiling.TilesAcross, outs / Width, product, product * Width * sizeof(T), sharedBytes, workers.Threads);
            blockRows = (tiling.TileRows + grid.PixelParts - 1) / grid.PixelParts;
            parts = grid.SliverParts;
        }
        else if (Blocks(tiling, blockRows) == 1)
        {
            together = tiling.ImagesTogether(shape, workers.Threads);
        }

        long weightCount = WinogradWeights<T, TVector, TSimd, TKernel>.Count(shape), packedBytes = ready is null ? Aligned(weightCount * sizeof(T)) : 0;
        long offsetBytes = Aligned((long)shape.GroupInChannels * sizeof(int)), biasBytes = Aligned((long)shape.Groups * outs * sizeof(T));
        long perThread = Elements(shape, tiling, blockRows, together) * sizeof(T);
        using Scratch scratch = workers.Rent(packedBytes + offsetBytes + biasBytes + (perThread * workers.Threads));
        using Scratch tiles = workers.Rent(cut ? sharedBytes * images : 0);
        T* packed = ready is null ? (T*)scratch.Pointer : ready;
        if (ready is null)
            WinogradWeights<T, TVector, TSimd, TKernel>.Run(shape, w, flipped, packed, workers);
        int* offsets = (int*)(scratch.Pointer + packedBytes);
        for (int c = 0; c < shape.GroupInChannels; c++)
            offsets[c] = c;
        T* wholeBias = bias is null ? null : (T*)(scratch.Pointer + packedBytes + offsetBytes);
        for (int group = 0; group < shape.Groups && bias is not null; group++)
            new ReadOnlySpan<T>(bias + (group * shape.GroupOutChannels), shape.GroupOutChannels).CopyTo(new Span<T>(wholeBias + (group * outs), outs));
        if (cut)
            WinogradTiles<T, TVector, TSimd, TKernel, TTile>.Run(shape, x, (T*)tiles.Pointer, (nint)(sharedBytes / sizeof(T)), Step(tiling.TileRows * tiling.TilesAcross * depth), workers);
        workers.For(
            (shape.Batch + together - 1) / together * shape.Groups * Blocks(tiling, blockRows) * parts,
            new WinogradForward<T, TVector, TSimd, TKernel, TTile>
            {
                shape = shape,
                tiling = tiling,
                x = x,
                weights = packed,
                bias = wholeBias,
                y = y,
                relu = relu,
                offsets = offsets,
                scratch = scratch.Pointer + packedBytes + offsetBytes + biasBytes,
                scratchBytes = perThread,
                blockRows = blockRows,
                parts = parts,
                together = together,
                shared = cut ? (T*)tiles.Pointer : null,
                weightCount = weightCount / shape.Groups,
            });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int blocks = Blocks(tiling, blockRows), block = index / parts, job = block / blocks, group = job % shape.Groups, image = job / shape.Groups * together;
        int firstRow = block % blocks * blockRows, rows = Math.Min(blockRows, tiling.TileRows - firstRow), tile = TTile.Count, n = TSimd.Count;
        int channels = shape.GroupInChannels, depth = tiling.Whole(channels), outs = tiling.WholePairs(shape.GroupOutChannels), images = Math.Min(together, shape.Batch - image);
        int across = tiling.TilesAcross, own = rows * across, tiles = own * images, all = tiling.TileRows * across;
        nint step = Step((shared is null ? tiles : all) * depth), outStep = Step(tiles * outs);
        T* pixels = (T*)(scratch + (participant * scratchBytes)), between = pixels + Pixels(shape, tiling, blockRows), sums = between + (Products * n), data;
        if (shared is null)
        {
            data = sums + (Products * outStep);
            for (int i = 0; i < images; i++)
            {
                T* planes = x + (((((nint)image + i) * shape.Groups) + group) * channels * shape.InPlane);
                tiling.InputPixels(planes, channels, firstRow, rows, pixels, depth);
                WinogradTiles<T, TVector, TSimd, TKernel, TTile>.Transform(tiling, own, depth, pixels, depth, between, data + ((nint)i * own * depth), step);
            }
        }
        else
        {
            data = shared + (job * (Aligned(Products * step * sizeof(T)) / sizeof(T))) + ((nint)firstRow * across * depth);
        }

        int part = index % parts, slivers = outs / Width, firstOut = part * slivers / parts * Width, lastOut = (part + 1) * slivers / parts * Width;
        nint place = (nint)outs * channels;
        T* w = weights + ((nint)group * Products * place);
        for (int product = 0; product < Products; product++, w += place)
        {
            for (int first = firstOut; first < lastOut; first += Width)
            {
                T* from = w + ((nint)first * channels), next = first + Width < lastOut ? from + ((nint)Width * channels) : w + place + ((nint)firstOut * channels);
                Multiply(tiles, depth, data + (product * step), from, next, sums + (product * outStep) + ((nint)first * tiles));
            }
        }

        for (int i = 0; i < images; i++)
            Collect(image + i, group, firstRow * tile, rows, firstOut, Math.Min(lastOut, shape.GroupOutChannels), i * own, tiles, sums, outStep, between, pixels);
    }

    // sums[t, j] = Σ over channels of data[t, c]·w[c, j] for two vectors of output channels; the next ones' weights are asked for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(int tiles, int depth, T* data, T* w, T* next, T* sums)
    {
        int channels = shape.GroupInChannels, chunks = (int)(((long)channels * Width * sizeof(T) + ChannelBytes - 1) / ChannelBytes);
        int panels = (tiles + PixelTile.MaxPixels - 1) / PixelTile.MaxPixels;
        int* places = stackalloc int[PixelTile.MaxPixels];
        for (int r = 0; r < PixelTile.MaxPixels; r++)
            places[r] = r * depth;
        PixelSums<T> target = new() { AheadStep = PixelSums<T>.Step(Width, panels, weightCount) };
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int c = PixelGrid.First(chunk, chunks, channels), count = PixelGrid.First(chunk + 1, chunks, channels) - c;
            target.Fresh = chunk == 0;
            target.Ahead = chunk < chunks - 1 ? w + ((nint)(c + count) * Width) : next;
            for (int panel = 0; panel < panels; panel++, target.Ahead += count * target.AheadStep)
            {
                int at = PixelGrid.First(panel, panels, tiles), height = PixelGrid.First(panel + 1, panels, tiles) - at;
                target.At = sums + ((nint)at * Width);
                PixelTile.Run<T, TVector, TSimd>(height, count, data + ((nint)at * depth), offsets + c, places, w + ((nint)c * Width), target);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Collect(int image, int group, int firstRow, int rows, int firstOut, int lastOut, int firstTile, int all, T* sums, nint outStep, T* between, T* pixels)
    {
        int tile = TTile.Count, n = TSimd.Count, channels = shape.GroupOutChannels, across = tiling.TilesAcross, pitch = across * tile, tiles = rows * across;
        int outs = tiling.WholePairs(channels), height = Math.Min(rows * tile, shape.OutHeight - firstRow);
        for (int t = 0; t < tiles; t++)
        {
            T* to = pixels + (((((nint)(t / across) * tile) * pitch) + (t % across * tile)) * outs);
            for (int c = firstOut; c < lastOut; c += n)
            {
                T* from = sums + ((nint)(c / Width * Width) * all) + (((nint)firstTile + t) * Width) + (c % Width);
                WinogradTransform<T, TVector, TSimd>.Collect<TTile>(from, outStep, between, to + c, (nint)pitch * outs, outs);
                if (bias is not null || relu)
                    Finish(to + c, (nint)pitch * outs, outs, bias is null ? TSimd.Zero : TSimd.Load(bias + ((nint)group * outs) + c));
            }
        }

        T* plane = y + ((((nint)image * shape.OutChannels) + (group * channels) + firstOut) * shape.OutPlane) + ((nint)firstRow * shape.OutWidth);
        for (int row = 0; row < height; row++, plane += shape.OutWidth)
            GemmPacking.Transpose(pixels + ((nint)row * pitch * outs) + firstOut, outs, shape.OutWidth, lastOut - firstOut, shape.OutPlane, plane);
    }

    // Bias and rectifier for the outputs of one tile and one vector of channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish(T* to, nint rowStep, nint columnStep, TVector addend)
    {
        for (int i = 0; i < TTile.Count; i++)
        {
            for (int j = 0; j < TTile.Count; j++)
            {
                T* at = to + (i * rowStep) + (j * columnStep);
                TVector value = TSimd.Add(TSimd.Load(at), addend);
                TSimd.Store(relu ? TSimd.Relu(value) : value, at);
            }
        }
    }

    private static int Blocks(in WinogradShape tiling, int blockRows) => (tiling.TileRows + blockRows - 1) / blockRows;

    // Elements of a thread: pixels going in or out, a plane between two transforms, transformed tiles and their products.
    private static long Elements(in ConvolutionShape shape, in WinogradShape tiling, int blockRows, int together)
    {
        int tiles = blockRows * tiling.TilesAcross * together;
        long data = Step(tiles * tiling.Whole(shape.GroupInChannels)), sums = Step(tiles * tiling.WholePairs(shape.GroupOutChannels));
        return Pixels(shape, tiling, blockRows) + (Products * TSimd.Count) + (Products * (data + sums));
    }

    private static long Pixels(in ConvolutionShape shape, in WinogradShape tiling, int blockRows)
    {
        long inside = (long)((blockRows * TTile.Count) + TKernel.Count - 1) * tiling.PaddedWidth * tiling.Whole(shape.GroupInChannels);
        long outside = (long)blockRows * TTile.Count * tiling.TilesAcross * TTile.Count * tiling.WholePairs(shape.GroupOutChannels);
        return (Math.Max(inside, outside) + 15) & ~15;
    }

    // A line more, so that the products of a tile do not meet in one set of the cache.
    private static nint Step(int elements) => elements + (64 / sizeof(T));

    private static long Aligned(long bytes) => (bytes + 63) & ~63;
}
