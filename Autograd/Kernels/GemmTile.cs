using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The innermost loop of matrix multiplication: a tile of up to 12 rows and two vectors of columns, all of whose sums stay in
/// registers while k runs. Rows beyond the tile's height are removed when the method is specialized for <c>TRows</c>.
/// </summary>
internal static unsafe class GemmTile
{
    /// <summary>tile[r, j] = Σₚ a[p·aStep + r]·b[p·bStep + j]; the tile is stored densely, two vectors to a row.</summary>
    /// <remarks>With <c>TPack</c> = Yes the columns read are also written to <paramref name="packed"/>, densely, for the next tiles.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVector, TSimd, TRows, TPack>(int k, T* a, nint aStep, T* b, nint bStep, T* packed, T* tile)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
        where TPack : struct, IFlag
    {
        TVector s00 = TSimd.Zero, s10 = TSimd.Zero, s20 = TSimd.Zero, s30 = TSimd.Zero, s40 = TSimd.Zero, s50 = TSimd.Zero;
        TVector s60 = TSimd.Zero, s70 = TSimd.Zero, s80 = TSimd.Zero, s90 = TSimd.Zero, sa0 = TSimd.Zero, sb0 = TSimd.Zero;
        TVector s01 = TSimd.Zero, s11 = TSimd.Zero, s21 = TSimd.Zero, s31 = TSimd.Zero, s41 = TSimd.Zero, s51 = TSimd.Zero;
        TVector s61 = TSimd.Zero, s71 = TSimd.Zero, s81 = TSimd.Zero, s91 = TSimd.Zero, sa1 = TSimd.Zero, sb1 = TSimd.Zero;
        for (nint p = k; p > 0; p--)
        {
            TVector b0 = TSimd.Load(b);
            TVector b1 = TSimd.Load(b + TSimd.Count);
            b += bStep;
            if (TPack.Value)
            {
                TSimd.Store(b0, packed);
                TSimd.Store(b1, packed + TSimd.Count);
                packed += 2 * TSimd.Count;
            }

            TVector x = TSimd.Broadcast(a[0]);
            s00 = TSimd.MultiplyAdd(x, b0, s00);
            s01 = TSimd.MultiplyAdd(x, b1, s01);
            if (TRows.Count > 1)
            {
                x = TSimd.Broadcast(a[1]);
                s10 = TSimd.MultiplyAdd(x, b0, s10);
                s11 = TSimd.MultiplyAdd(x, b1, s11);
            }

            if (TRows.Count > 2)
            {
                x = TSimd.Broadcast(a[2]);
                s20 = TSimd.MultiplyAdd(x, b0, s20);
                s21 = TSimd.MultiplyAdd(x, b1, s21);
            }

            if (TRows.Count > 3)
            {
                x = TSimd.Broadcast(a[3]);
                s30 = TSimd.MultiplyAdd(x, b0, s30);
                s31 = TSimd.MultiplyAdd(x, b1, s31);
            }

            if (TRows.Count > 4)
            {
                x = TSimd.Broadcast(a[4]);
                s40 = TSimd.MultiplyAdd(x, b0, s40);
                s41 = TSimd.MultiplyAdd(x, b1, s41);
            }

            if (TRows.Count > 5)
            {
                x = TSimd.Broadcast(a[5]);
                s50 = TSimd.MultiplyAdd(x, b0, s50);
                s51 = TSimd.MultiplyAdd(x, b1, s51);
            }

            if (TRows.Count > 6)
            {
                x = TSimd.Broadcast(a[6]);
                s60 = TSimd.MultiplyAdd(x, b0, s60);
                s61 = TSimd.MultiplyAdd(x, b1, s61);
            }

            if (TRows.Count > 7)
            {
                x = TSimd.Broadcast(a[7]);
                s70 = TSimd.MultiplyAdd(x, b0, s70);
                s71 = TSimd.MultiplyAdd(x, b1, s71);
            }

            if (TRows.Count > 8)
            {
                x = TSimd.Broadcast(a[8]);
                s80 = TSimd.MultiplyAdd(x, b0, s80);
                s81 = TSimd.MultiplyAdd(x, b1, s81);
            }

            if (TRows.Count > 9)
            {
                x = TSimd.Broadcast(a[9]);
                s90 = TSimd.MultiplyAdd(x, b0, s90);
                s91 = TSimd.MultiplyAdd(x, b1, s91);
            }

            if (TRows.Count > 10)
            {
                x = TSimd.Broadcast(a[10]);
                sa0 = TSimd.MultiplyAdd(x, b0, sa0);
                sa1 = TSimd.MultiplyAdd(x, b1, sa1);
            }

            if (TRows.Count > 11)
            {
                x = TSimd.Broadcast(a[11]);
                sb0 = TSimd.MultiplyAdd(x, b0, sb0);
                sb1 = TSimd.MultiplyAdd(x, b1, sb1);
            }

            a += aStep;
        }

        Put<T, TVector, TSimd>(s00, s01, tile);
        if (TRows.Count > 1)
            Put<T, TVector, TSimd>(s10, s11, tile + (2 * TSimd.Count));
        if (TRows.Count > 2)
            Put<T, TVector, TSimd>(s20, s21, tile + (4 * TSimd.Count));
        if (TRows.Count > 3)
            Put<T, TVector, TSimd>(s30, s31, tile + (6 * TSimd.Count));
        if (TRows.Count > 4)
            Put<T, TVector, TSimd>(s40, s41, tile + (8 * TSimd.Count));
        if (TRows.Count > 5)
            Put<T, TVector, TSimd>(s50, s51, tile + (10 * TSimd.Count));
        if (TRows.Count > 6)
            Put<T, TVector, TSimd>(s60, s61, tile + (12 * TSimd.Count));
        if (TRows.Count > 7)
            Put<T, TVector, TSimd>(s70, s71, tile + (14 * TSimd.Count));
        if (TRows.Count > 8)
            Put<T, TVector, TSimd>(s80, s81, tile + (16 * TSimd.Count));
        if (TRows.Count > 9)
            Put<T, TVector, TSimd>(s90, s91, tile + (18 * TSimd.Count));
        if (TRows.Count > 10)
            Put<T, TVector, TSimd>(sa0, sa1, tile + (20 * TSimd.Count));
        if (TRows.Count > 11)
            Put<T, TVector, TSimd>(sb0, sb1, tile + (22 * TSimd.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T, TVector, TSimd>(TVector left, TVector right, T* destination)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TSimd.Store(left, destination);
        TSimd.Store(right, destination + TSimd.Count);
    }
}
