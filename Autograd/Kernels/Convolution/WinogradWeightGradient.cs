using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The weight gradient of a convolution as the adjoint of <see cref="WinogradForward{T, TVector, TSimd, TKernel, TTile}"/>: w̄ = Gᵀ[Σ over tiles of
/// (Bᵀ·x·B) ⊙ (A·ȳ·Aᵀ)]G. One job sums all images for some output channels and some input channels.
/// </summary>
/// <remarks>Every sum runs over images and tiles in an order that depends on the shape alone, in pieces of some hundred that are joined by
/// <see cref="CompensatedSum"/>.</remarks>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TVector">Vector type.</typeparam>
/// <typeparam name="TSimd">Vector operations.</typeparam>
/// <typeparam name="TKernel">Taps along each axis, 3 or 5.</typeparam>
/// <typeparam name="TTile">Outputs of a tile along each axis, 7 less the taps.</typeparam>
internal unsafe struct WinogradWeightGradient<T, TVector, TSimd, TKernel, TTile> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TKernel : struct, IRows
    where TTile : struct, IRows
{
    private const int Products = WinogradTransform<T, TVector, TSimd>.Products;

    // Fewer than elsewhere: taps are differences of sums.
    private const int Terms = CompensatedSum.Terms / 2;

    private ConvolutionShape shape;
    private WinogradShape tiling;
    private T* x;
    private T* dy;
    private T* dw;
    private byte* scratch;
    private long scratchBytes;
    private int blockRows;
    private int outParts;
    private int inParts;

    private static int Width => 2 * TSimd.Count;

    /// <summary>dw = gradient of ⟨dy, conv(x, w)⟩ with respect to w, overwritten.</summary>
    public static void Run(in ConvolutionShape shape, T* x, T* dy, T* dw, Workers workers)
    {
        WinogradShape tiling = new(shape, TSimd.Count);
        int slivers = tiling.WholePairs(shape.GroupOutChannels) / Width, vectors = tiling.Whole(shape.GroupInChannels) / TSimd.Count;
        int outParts = Math.Min(slivers, workers.Threads), inParts = Math.Min(vectors, (workers.Threads + outParts - 1) / outParts);
        int outs = (slivers + outParts - 1) / outParts * Width, depth = (vectors + inParts - 1) / inParts * TSimd.Count;

        // The order of the sums must not follow from the parts, so neither may the blocks.
        int blockRows = tiling.BlockRows(tiling.Whole(shape.GroupInChannels) + tiling.WholePairs(shape.GroupOutChannels));
        int tiles = blockRows * tiling.TilesAcross;
        long elements = Pixels(tiling, blockRows, depth, outs) + Room(depth) + (Products * (TSimd.Count + Step(tiles * depth) + Step(tiles * outs) + ((IsLong(shape, tiling) ? 3 : 1) * Step(depth * outs))));
        long perThread = Aligned((elements + Products) * sizeof(T)) + Aligned((tiles + PixelTile.MaxPixels) * sizeof(int));
        using Scratch scratch = workers.Rent(perThread * workers.Threads);
        workers.For(
            shape.Groups * outParts * inParts,
            new WinogradWeightGradient<T, TVector, TSimd, TKernel, TTile>
            {
                shape = shape,
                tiling = tiling,
                x = x,
                dy = dy,
                dw = dw,
                scratch = scratch.Pointer,
                scratchBytes = perThread,
                blockRows = blockRows,
                outParts = outParts,
                inParts = inParts,
            });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int inPart = index % inParts, outPart = index / inParts % outParts, group = index / inParts / outParts, n = TSimd.Count;
        int slivers = tiling.WholePairs(shape.GroupOutChannels) / Width, vectors = tiling.Whole(shape.GroupInChannels) / n;
        int firstOut = outPart * slivers / outParts * Width, outs = ((outPart + 1) * slivers / outParts * Width) - firstOut;
        int firstIn = inPart * vectors / inParts * n, depth = ((inPart + 1) * vectors / inParts * n) - firstIn;
        int outChannels = Math.Min(outs, shape.GroupOutChannels - firstOut), inChannels = Math.Min(depth, shape.GroupInChannels - firstIn);
        int most = blockRows * tiling.TilesAcross;
        nint sumStep = Step(depth * outs);
        T* pixels = (T*)(scratch + (participant * scratchBytes));
        T* between = pixels + Pixels(tiling, blockRows, depth, outs);
        T* data = between + (Products * n);
        T* gradient = data + (Products * Step(most * depth));
        T* sums = gradient + (Products * Step(most * outs));
        nint sumCount = Products * sumStep;
        T* totals = sums + sumCount, lost = totals + sumCount;
        bool isLong = IsLong(shape, tiling), fresh = true;
        if (isLong)
            new Span<T>(totals, checked((int)(2 * sumCount))).Clear();
        long terms = 0;
        T* room = isLong ? lost + sumCount : totals;
        T* factors = room + Room(depth);
        int* tileOffsets = (int*)(factors + Products), channelOffsets = tileOffsets + most;
        for (int t = 0; t < most; t++)
            tileOffsets[t] = t * depth;
        for (int c = 0; c < PixelTile.MaxPixels; c++)
            channelOffsets[c] = c;
        for (int image = 0; image < shape.Batch; image++)
        {
            T* planes = x + ((((nint)image * shape.InChannels) + (group * shape.GroupInChannels) + firstIn) * shape.InPlane);
            T* outPlanes = dy + ((((nint)image * shape.OutChannels) + (group * shape.GroupOutChannels) + firstOut) * shape.OutPlane);
            for (int row = 0; row < tiling.TileRows; row += blockRows)
            {
                int rows = Math.Min(blockRows, tiling.TileRows - row), tiles = rows * tiling.TilesAcross;
                nint step = Step(tiles * depth), outStep = Step(tiles * outs);
                tiling.InputPixels(planes, inChannels, row, rows, pixels, depth);
                Data(tiles, depth, pixels, between, data, step);
                tiling.OutputPixels(outPlanes, outChannels, row, rows, pixels, outs);
                Gradient(tiles, outs, pixels, between, gradient, outStep);
                for (int tile = 0; tile < tiles; tile += Terms)
                {
                    int count = Math.Min(tiles - tile, Terms);
                    for (int product = 0; product < Products; product++)
                    {
                        for (int first = 0; first < outs; first += Width)
                        {
                            Multiply(
                                count, inChannels, data + (product * step) + ((nint)tile * depth), gradient + (product * outStep) + ((nint)first * tiles) + ((nint)tile * Width),
                                tileOffsets, channelOffsets, sums + (product * sumStep) + ((nint)first * depth), fresh);
                        }
                    }

                    terms += count;
                    fresh = isLong && terms >= Terms;
                    if (fresh)
                    {
                        CompensatedSum.Add<T, TVector, TSimd>(sums, totals, lost, sumCount);
                        terms = 0;
                    }
                }
            }
        }

        if (isLong)
        {
            if (!fresh)
                CompensatedSum.Add<T, TVector, TSimd>(sums, totals, lost, sumCount);
            CompensatedSum.Finish(totals, lost, sums, sumCount);
        }

        WinogradTransform<T, TVector, TSimd>.Factors(factors);
        for (int first = 0; first < outs; first += Width)
        {
            T* to = dw + (((nint)((group * shape.GroupOutChannels) + firstOut + first) * shape.PatchSize) + (firstIn * TKernel.Count * TKernel.Count));
            Finish(inChannels, Math.Min(Width, outChannels - first), sums + ((nint)first * depth), sumStep, factors, between, room, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Data(int tiles, int depth, T* pixels, T* between, T* data, nint step)
    {
        int across = tiling.TilesAcross, tile = TTile.Count, pitch = tiling.PaddedWidth;
        for (int t = 0; t < tiles; t++)
        {
            T* from = pixels + (((((nint)(t / across) * tile) * pitch) + (t % across * tile)) * depth);
            for (int c = 0; c < depth; c += TSimd.Count)
                WinogradTransform<T, TVector, TSimd>.Data(from + c, (nint)pitch * depth, depth, between, data + ((nint)t * depth) + c, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gradient(int tiles, int outs, T* pixels, T* between, T* gradient, nint step)
    {
        int across = tiling.TilesAcross, tile = TTile.Count, pitch = across * tile;
        for (int t = 0; t < tiles; t++)
        {
            T* from = pixels + (((((nint)(t / across) * tile) * pitch) + (t % across * tile)) * outs);
            for (int c = 0; c < outs; c += TSimd.Count)
            {
                T* to = gradient + ((nint)(c / Width * Width) * tiles) + ((nint)t * Width) + (c % Width);
                WinogradTransform<T, TVector, TSimd>.Evaluate<TTile>(from + c, (nint)pitch * outs, outs, null, between, to, step);
            }
        }
    }

    // sums[c, j] += Σ over tiles of data[t, c]·gradient[t, j] for two vectors of output channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(int tiles, int channels, T* data, T* gradient, int* tileOffsets, int* channelOffsets, T* sums, bool fresh)
    {
        int panels = (channels + PixelTile.MaxPixels - 1) / PixelTile.MaxPixels;
        for (int panel = 0; panel < panels; panel++)
        {
            int at = (int)((long)panel * channels / panels), height = (int)((long)(panel + 1) * channels / panels) - at;
            PixelSums<T> target = new() { At = sums + ((nint)at * Width), Fresh = fresh };
            PixelTile.Run<T, TVector, TSimd>(height, tiles, data + at, tileOffsets, channelOffsets, gradient, target);
        }
    }

    // From sums of products to taps, and from two vectors of output channels to rows of the weights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish(int channels, int count, T* sums, nint step, T* factors, T* between, T* room, T* to)
    {
        int taps = TKernel.Count * TKernel.Count;
        for (int c = 0; c < channels * Width; c += TSimd.Count)
        {
            for (int product = 0; product < Products; product++)
            {
                T* sum = sums + (product * step) + c;
                TSimd.Store(TSimd.Multiply(TSimd.Load(sum), TSimd.Broadcast(factors[product])), sum);
            }

            T* tap = room + ((nint)(c / Width) * taps * Width) + (c % Width);
            WinogradTransform<T, TVector, TSimd>.Collect<TKernel>(sums + c, step, between, tap, TKernel.Count * Width, Width);
        }

        GemmPacking.Transpose(room, Width, channels * taps, count, shape.PatchSize, to);
    }

    private static bool IsLong(in ConvolutionShape shape, in WinogradShape tiling) =>
        (long)shape.Batch * tiling.TileRows * tiling.TilesAcross > Terms;

    // Elements of the taps of two vectors of output channels.
    private static nint Room(int depth) => (nint)depth * TKernel.Count * TKernel.Count * Width;

    // Elements of the larger of the two images, as pixels.
    private static long Pixels(in WinogradShape tiling, int blockRows, int depth, int outs)
    {
        long inside = (long)((blockRows * TTile.Count) + TKernel.Count - 1) * tiling.PaddedWidth * depth;
        long outside = (long)blockRows * TTile.Count * tiling.TilesAcross * TTile.Count * outs;
        return (Math.Max(inside, outside) + 15) & ~15;
    }

    // A line more, so that the products of a tile do not meet in one set of the cache.
    private static nint Step(int elements) => elements + (64 / sizeof(T));

    private static long Aligned(long bytes) => (bytes + 63) & ~63;
}
