using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Transforms the tiles of some images, a vector of channels of one image in a job: [image, product, tile, channel].</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TVector">Vector type.</typeparam>
/// <typeparam name="TSimd">Vector operations.</typeparam>
/// <typeparam name="TKernel">Taps along each axis, 3 or 5.</typeparam>
/// <typeparam name="TTile">Outputs of a tile along each axis, 7 less the taps.</typeparam>
internal unsafe struct WinogradTiles<T, TVector, TSimd, TKernel, TTile> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TKernel : struct, IRows
    where TTile : struct, IRows
{
    private const int Products = WinogradTransform<T, TVector, TSimd>.Products;

    private ConvolutionShape shape;
    private WinogradShape tiling;
    private T* x;
    private T* data;
    private nint imageStep;
    private nint step;
    private T* scratch;
    private nint pixels;

    /// <summary>Transforms all tiles.</summary>
    /// <param name="shape">Sizes that <see cref="Winograd.Suits{T}"/> accepts.</param>
    /// <param name="x">Input.</param>
    /// <param name="data">The results.</param>
    /// <param name="imageStep">The distance between images, or groups of one.</param>
    /// <param name="step">The distance between products.</param>
    /// <param name="workers">Threads and scratch memory.</param>
    public static void Run(in ConvolutionShape shape, T* x, T* data, nint imageStep, nint step, Workers workers)
    {
        WinogradShape tiling = new(shape, TSimd.Count);
        nint pixels = ((((nint)tiling.TileRows * TTile.Count) + TKernel.Count - 1) * tiling.PaddedWidth * TSimd.Count) + (Products * TSimd.Count);
        using Scratch scratch = workers.Rent(pixels * workers.Threads * sizeof(T));
        workers.For(
            shape.Batch * shape.Groups * (tiling.Whole(shape.GroupInChannels) / TSimd.Count),
            new WinogradTiles<T, TVector, TSimd, TKernel, TTile>
            {
                shape = shape,
                tiling = tiling,
                x = x,
                data = data,
                imageStep = imageStep,
                step = step,
                scratch = (T*)scratch.Pointer,
                pixels = pixels,
            });
    }

    /// <summary>Transforms tiles that lie side by side as pixels, [y, x, channel].</summary>
    /// <param name="tiling">How the image is cut.</param>
    /// <param name="tiles">The number of tiles.</param>
    /// <param name="channels">Channels, in whole vectors.</param>
    /// <param name="pixels">The first pixel of the first tile.</param>
    /// <param name="depth">Elements of a result of one tile.</param>
    /// <param name="between">Room for a plane of vectors.</param>
    /// <param name="data">The first result.</param>
    /// <param name="step">The distance between products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(in WinogradShape tiling, int tiles, int channels, T* pixels, int depth, T* between, T* data, nint step)
    {
        int across = tiling.TilesAcross, tile = TTile.Count, pitch = tiling.PaddedWidth;
        for (int t = 0; t < tiles; t++)
        {
            T* from = pixels + (((((nint)(t / across) * tile) * pitch) + (t % across * tile)) * channels);
            for (int c = 0; c < channels; c += TSimd.Count)
                WinogradTransform<T, TVector, TSimd>.Data(from + c, (nint)pitch * channels, channels, between, data + ((nint)t * depth) + c, step);
        }
    }

    public readonly void Execute(int index, int participant)
    {
        int n = TSimd.Count, depth = tiling.Whole(shape.GroupInChannels), image = index / (depth / n), first = index % (depth / n) * n;
        T* own = scratch + (participant * pixels);
        tiling.InputPixels(
            x + ((((nint)image * shape.GroupInChannels) + first) * shape.InPlane), Math.Min(n, shape.GroupInChannels - first), 0, tiling.TileRows, own + (Products * n), n);
        Transform(tiling, tiling.TileRows * tiling.TilesAcross, n, own + (Products * n), depth, own, data + (image * imageStep) + first, step);
    }
}
