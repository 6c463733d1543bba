using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The innermost loop of the weight gradient of a convolution: up to six kernel taps by two vectors of output channels, all of whose sums
/// stay in registers while the positions of one image run.
/// </summary>
internal static unsafe class TapTile
{
    /// <summary>Taps per tile.</summary>
    public const int MaxTaps = 6;

    /// <summary>sums[r, j] += Σ over positions of x[position + offsets[r]]·dy[position, j].</summary>
    /// <param name="height">Rows of positions.</param>
    /// <param name="width">Positions per row.</param>
    /// <param name="x">The padded image.</param>
    /// <param name="rowStep">Distance between rows of positions in x.</param>
    /// <param name="step">Distance between positions in a row in x.</param>
    /// <param name="offsets">Where each tap's element lies from its position; six of them, whatever the number of taps.</param>
    /// <param name="dy">The output gradient, two vectors of channels for each position.</param>
    /// <param name="sums">Two vectors for each tap.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVector, TSimd, TRows>(int height, int width, T* x, nint rowStep, nint step, int* offsets, T* dy, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
    {
        int n = TSimd.Count;
        TVector s00 = TSimd.Load(sums), s01 = TSimd.Load(sums + n);
        TVector s10 = TSimd.Zero, s20 = TSimd.Zero, s30 = TSimd.Zero, s40 = TSimd.Zero, s50 = TSimd.Zero;
        TVector s11 = TSimd.Zero, s21 = TSimd.Zero, s31 = TSimd.Zero, s41 = TSimd.Zero, s51 = TSimd.Zero;
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
        nint o0 = offsets[0], o1 = offsets[1], o2 = offsets[2], o3 = offsets[3], o4 = offsets[4], o5 = offsets[5];
        for (int row = 0; row < height; row++, x += rowStep)
        {
            T* at = x;
            for (int i = width; i > 0; i--, at += step, dy += 2 * n)
            {
                TVector b0 = TSimd.Load(dy), b1 = TSimd.Load(dy + n);
                TVector a = TSimd.Broadcast(at[o0]);
                s00 = TSimd.MultiplyAdd(a, b0, s00);
                s01 = TSimd.MultiplyAdd(a, b1, s01);
                if (TRows.Count > 1)
                {
                    a = TSimd.Broadcast(at[o1]);
                    s10 = TSimd.MultiplyAdd(a, b0, s10);
                    s11 = TSimd.MultiplyAdd(a, b1, s11);
                }

                if (TRows.Count > 2)
                {
                    a = TSimd.Broadcast(at[o2]);
                    s20 = TSimd.MultiplyAdd(a, b0, s20);
                    s21 = TSimd.MultiplyAdd(a, b1, s21);
                }

                if (TRows.Count > 3)
                {
                    a = TSimd.Broadcast(at[o3]);
                    s30 = TSimd.MultiplyAdd(a, b0, s30);
                    s31 = TSimd.MultiplyAdd(a, b1, s31);
                }

                if (TRows.Count > 4)
                {
                    a = TSimd.Broadcast(at[o4]);
                    s40 = TSimd.MultiplyAdd(a, b0, s40);
                    s41 = TSimd.MultiplyAdd(a, b1, s41);
                }

                if (TRows.Count > 5)
                {
                    a = TSimd.Broadcast(at[o5]);
                    s50 = TSimd.MultiplyAdd(a, b0, s50);
                    s51 = TSimd.MultiplyAdd(a, b1, s51);
                }
            }
        }

        Put<T, TVector, TSimd>(s00, s01, sums);
        if (TRows.Count > 1)
            Put<T, TVector, TSimd>(s10, s11, sums + (2 * n));
        if (TRows.Count > 2)
            Put<T, TVector, TSimd>(s20, s21, sums + (4 * n));
        if (TRows.Count > 3)
            Put<T, TVector, TSimd>(s30, s31, sums + (6 * n));
        if (TRows.Count > 4)
            Put<T, TVector, TSimd>(s40, s41, sums + (8 * n));
        if (TRows.Count > 5)
            Put<T, TVector, TSimd>(s50, s51, sums + (10 * n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T, TVector, TSimd>(TVector left, TVector right, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TSimd.Store(left, sums);
        TSimd.Store(right, sums + TSimd.Count);
    }
}
