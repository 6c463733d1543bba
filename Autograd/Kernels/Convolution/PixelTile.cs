using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The innermost loop of convolution over pixels: up to six outputs of an image by two vectors of output channels, all of whose sums stay in
/// registers while the taps run.
/// </summary>
internal static unsafe class PixelTile
{
    /// <summary>Pixels per tile.</summary>
    public const int MaxPixels = 6;

    /// <summary>Runs the tile whose pixels are known at run time only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVector, TSimd>(int pixels, int taps, T* x, int* tapOffsets, int* pixelOffsets, T* w, in PixelSums<T> sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        if (sums.AheadStep != 0)
            Run<T, TVector, TSimd, Yes>(pixels, taps, x, tapOffsets, pixelOffsets, w, sums);
        else
            Run<T, TVector, TSimd, No>(pixels, taps, x, tapOffsets, pixelOffsets, w, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T, TVector, TSimd, TAhead>(int pixels, int taps, T* x, int* tapOffsets, int* pixelOffsets, T* w, in PixelSums<T> sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TAhead : struct, IFlag
    {
        switch (pixels)
        {
            case 1: Run<T, TVector, TSimd, TAhead, Rows1>(taps, x, tapOffsets, pixelOffsets, w, sums); break;
            case 2: Run<T, TVector, TSimd, TAhead, Rows2>(taps, x, tapOffsets, pixelOffsets, w, sums); break;
            case 3: Run<T, TVector, TSimd, TAhead, Rows3>(taps, x, tapOffsets, pixelOffsets, w, sums); break;
            case 4: Run<T, TVector, TSimd, TAhead, Rows4>(taps, x, tapOffsets, pixelOffsets, w, sums); break;
            case 5: Run<T, TVector, TSimd, TAhead, Rows5>(taps, x, tapOffsets, pixelOffsets, w, sums); break;
            default: Run<T, TVector, TSimd, TAhead, Rows6>(taps, x, tapOffsets, pixelOffsets, w, sums); break;
        }
    }

    /// <summary>sums[r, j] = start + Σₜ x[tapOffsets[t] + pixelOffsets[r]]·w[t, j].</summary>
    /// <param name="taps">Elements that meet in one output.</param>
    /// <param name="x">The padded image.</param>
    /// <param name="tapOffsets">Where each tap's element lies from its pixel.</param>
    /// <param name="pixelOffsets">Where each pixel begins; six of them, whatever the number of pixels.</param>
    /// <param name="w">Two vectors of output channels for each tap.</param>
    /// <param name="target">Where the sums begin and end.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T, TVector, TSimd, TAhead, TRows>(int taps, T* x, int* tapOffsets, int* pixelOffsets, T* w, in PixelSums<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TAhead : struct, IFlag
        where TRows : struct, IRows
    {
        int n = TSimd.Count;
        T* sums = target.At;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s20 = TSimd.Zero, s30 = TSimd.Zero, s40 = TSimd.Zero, s50 = TSimd.Zero;
        TVector s11 = TSimd.Zero, s21 = TSimd.Zero, s31 = TSimd.Zero, s41 = TSimd.Zero, s51 = TSimd.Zero;
        if (target.Fresh && target.Start is not null)
        {
            s00 = s10 = s20 = s30 = s40 = s50 = TSimd.Load(target.Start);
            s01 = s11 = s21 = s31 = s41 = s51 = TSimd.Load(target.Start + n);
        }
        else if (!target.Fresh)
        {
            (s00, s01) = (TSimd.Load(sums), TSimd.Load(sums + n));
            if (TRows.Count > 1)
                (s10, s11) = (TSimd.Load(sums + (2 * n)), TSimd.Load(sums + (3 * n)));
            if (TRows.Count > 2)
                (s20, s21) = (TSimd.Load(sums + (4 * n)), TSimd.Load(sums + (5 * n)));
            if (TRows.Count > 3)
                (s30, s31) = (TSimd.Load(sums + (6 * n)), TSimd.Load(sums + (7 * n)));
            if (TRows.Count > 4)
                (s40, s41) = (TSimd.Load(sums + (8 * n)), TSimd.Load(sums + (9 * n)));
            if (TRows.Count > 5)
                (s50, s51) = (TSimd.Load(sums + (10 * n)), TSimd.Load(sums + (11 * n)));
        }

        nint o0 = pixelOffsets[0], o1 = pixelOffsets[1], o2 = pixelOffsets[2], o3 = pixelOffsets[3], o4 = pixelOffsets[4], o5 = pixelOffsets[5];
        T* ahead = target.Ahead;
        nint aheadStep = target.AheadStep;
        for (int* end = tapOffsets + taps; tapOffsets < end; tapOffsets++, w += 2 * n)
        {
            if (TAhead.Value)
            {
                TSimd.PrefetchFar(ahead);
                ahead += aheadStep;
            }

            T* at = x + *tapOffsets;
            TVector b0 = TSimd.Load(w), b1 = TSimd.Load(w + n);
            TVector a = TSimd.Broadcast(at[o0]);
            s00 = TSimd.AddProduct(a, b0, s00);
            s01 = TSimd.AddProduct(a, b1, s01);
            if (TRows.Count > 1)
            {
                a = TSimd.Broadcast(at[o1]);
                s10 = TSimd.AddProduct(a, b0, s10);
                s11 = TSimd.AddProduct(a, b1, s11);
            }

            if (TRows.Count > 2)
            {
                a = TSimd.Broadcast(at[o2]);
                s20 = TSimd.AddProduct(a, b0, s20);
                s21 = TSimd.AddProduct(a, b1, s21);
            }

            if (TRows.Count > 3)
            {
                a = TSimd.Broadcast(at[o3]);
                s30 = TSimd.AddProduct(a, b0, s30);
                s31 = TSimd.AddProduct(a, b1, s31);
            }

            if (TRows.Count > 4)
            {
                a = TSimd.Broadcast(at[o4]);
                s40 = TSimd.AddProduct(a, b0, s40);
                s41 = TSimd.AddProduct(a, b1, s41);
            }

            if (TRows.Count > 5)
            {
                a = TSimd.Broadcast(at[o5]);
                s50 = TSimd.AddProduct(a, b0, s50);
                s51 = TSimd.AddProduct(a, b1, s51);
            }
        }

        Put<T, TVector, TSimd>(s00, s01, target.Relu, sums);
        if (TRows.Count > 1)
            Put<T, TVector, TSimd>(s10, s11, target.Relu, sums + (2 * n));
        if (TRows.Count > 2)
            Put<T, TVector, TSimd>(s20, s21, target.Relu, sums + (4 * n));
        if (TRows.Count > 3)
            Put<T, TVector, TSimd>(s30, s31, target.Relu, sums + (6 * n));
        if (TRows.Count > 4)
            Put<T, TVector, TSimd>(s40, s41, target.Relu, sums + (8 * n));
        if (TRows.Count > 5)
            Put<T, TVector, TSimd>(s50, s51, target.Relu, sums + (10 * n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T, TVector, TSimd>(TVector left, TVector right, bool relu, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TSimd.Store(relu ? TSimd.Relu(left) : left, sums);
        TSimd.Store(relu ? TSimd.Relu(right) : right, sums + TSimd.Count);
    }
}
