using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Transforms the weights of a convolution for <see cref="WinogradForward{T, TVector, TSimd, TKernel, TTile}"/> into [group, product, pair of vectors, input channel, output channel in the
/// pair]. One job transforms a pair of vectors of output channels.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TVector">Vector type.</typeparam>
/// <typeparam name="TSimd">Vector operations.</typeparam>
/// <typeparam name="TKernel">Taps along each axis, 3 or 5.</typeparam>
internal unsafe struct WinogradWeights<T, TVector, TSimd, TKernel> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TKernel : struct, IRows
{
    private const int Products = WinogradTransform<T, TVector, TSimd>.Products;

    private ConvolutionShape shape;
    private T* w;
    private bool flipped;
    private T* packed;
    private T* rooms;
    private nint room;

    private static int Width => 2 * TSimd.Count;

    /// <summary>Elements that are written.</summary>
    public static long Count(in ConvolutionShape shape) =>
        (long)shape.Groups * Products * new WinogradShape(shape, TSimd.Count).WholePairs(shape.GroupOutChannels) * shape.GroupInChannels;

    /// <summary>Transforms all weights.</summary>
    /// <param name="shape">The sizes of the convolution.</param>
    /// <param name="w">Weights [O, C/groups, r, r]; [C, O/groups, r, r] to be turned by half a turn if <paramref name="flipped"/>.</param>
    /// <param name="flipped">Whether the weights are those of the convolution whose input gradient this one is.</param>
    /// <param name="packed">The result.</param>
    /// <param name="workers">Threads and scratch memory.</param>
    public static void Run(in ConvolutionShape shape, T* w, bool flipped, T* packed, Workers workers)
    {
        nint factors = (nint)shape.PatchSize * Width, room = factors + (Products * TSimd.Count) + Products + Width;
        using Scratch scratch = workers.Rent(room * workers.Threads * sizeof(T));
        workers.For(
            shape.Groups * Slivers(shape),
            new WinogradWeights<T, TVector, TSimd, TKernel> { shape = shape, w = w, flipped = flipped, packed = packed, rooms = (T*)scratch.Pointer, room = room });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int channels = shape.GroupInChannels, outs = shape.GroupOutChannels, k = shape.PatchSize, taps = TKernel.Count * TKernel.Count, n = TSimd.Count;
        int slivers = Slivers(shape), group = index / slivers, first = index % slivers * Width, columns = Math.Min(Width, outs - first);
        T* own = rooms + (participant * room), between = own + ((nint)k * Width), factors = between + (Products * n);
        WinogradTransform<T, TVector, TSimd>.Factors(factors);
        T* from = w + ((nint)group * outs * k);
        nint down = TKernel.Count * Width, across = Width;
        T* tap = own;
        if (flipped)
        {
            for (int c = 0; c < channels; c++)
                GemmPacking.Transposed(from + ((((nint)c * outs) + first) * taps), taps, columns, taps, Width, own + ((nint)c * taps * Width));

            // The last tap is the first one.
            tap += (taps - 1) * Width;
            (down, across) = (-down, -across);
        }
        else
        {
            GemmPacking.Transposed(from + ((nint)first * k), k, columns, k, Width, own);
        }

        nint sliver = (nint)channels * Width, product = sliver * slivers;
        T* to = packed + (product * Products * group) + (sliver * (first / Width));
        for (int c = 0; c < channels; c++, tap += (nint)taps * Width, to += Width)
        {
            for (int half = 0; half < Width; half += n)
                WinogradTransform<T, TVector, TSimd>.Evaluate<TKernel>(tap + half, down, across, factors, between, to + half, product);
        }
    }

    private static int Slivers(in ConvolutionShape shape) => (shape.GroupOutChannels + Width - 1) / Width;
}
