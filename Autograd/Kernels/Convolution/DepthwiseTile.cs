using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The innermost loop of a convolution of channels by themselves: up to four rows of outputs by up to three vectors of columns, all of whose sums stay in registers while the taps run. One number
/// of weights meets them all.
/// </summary>
internal static unsafe class DepthwiseTile
{
    /// <summary>Rows of a tile.</summary>
    public const int MaxRows = 4;

    /// <summary>Vectors in a row of a tile.</summary>
    public const int MaxVectors = 3;

    /// <summary>Runs the tile whose size is known at run time only.</summary>
    public static void Run<T, TVector, TSimd>(int rows, int vectors, int taps, T* x, int* offsets, nint rowStep, T* w, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        switch (rows)
        {
            case 1: Run<T, TVector, TSimd, Rows1>(vectors, taps, x, offsets, rowStep, w, sums); break;
            case 2: Run<T, TVector, TSimd, Rows2>(vectors, taps, x, offsets, rowStep, w, sums); break;
            case 3: Run<T, TVector, TSimd, Rows3>(vectors, taps, x, offsets, rowStep, w, sums); break;
            default: Run<T, TVector, TSimd, Rows4>(vectors, taps, x, offsets, rowStep, w, sums); break;
        }
    }

    private static void Run<T, TVector, TSimd, TRows>(int vectors, int taps, T* x, int* offsets, nint rowStep, T* w, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
    {
        switch (vectors)
        {
            case 1: Run<T, TVector, TSimd, TRows, Rows1>(taps, x, offsets, rowStep, w, sums); break;
            case 2: Run<T, TVector, TSimd, TRows, Rows2>(taps, x, offsets, rowStep, w, sums); break;
            default: Run<T, TVector, TSimd, TRows, Rows3>(taps, x, offsets, rowStep, w, sums); break;
        }
    }

    /// <summary>sums[r, j] = Σₜ w[t]·x[offsets[t] + r·rowStep + j], a row of sums being <see cref="MaxVectors"/> vectors long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T, TVector, TSimd, TRows, TVectors>(int taps, T* x, int* offsets, nint rowStep, T* w, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
        where TVectors : struct, IRows
    {
        int n = TSimd.Count;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero;
        for (int tap = 0; tap < taps; tap++)
        {
            TVector weight = TSimd.Broadcast(w[tap]);
            T* at = x + offsets[tap];
            s00 = TSimd.MultiplyAdd(weight, TSimd.Load(at), s00);
            if (TVectors.Count > 1)
                s01 = TSimd.MultiplyAdd(weight, TSimd.Load(at + n), s01);
            if (TVectors.Count > 2)
                s02 = TSimd.MultiplyAdd(weight, TSimd.Load(at + (2 * n)), s02);
            if (TRows.Count > 1)
            {
                at += rowStep;
                s10 = TSimd.MultiplyAdd(weight, TSimd.Load(at), s10);
                if (TVectors.Count > 1)
                    s11 = TSimd.MultiplyAdd(weight, TSimd.Load(at + n), s11);
                if (TVectors.Count > 2)
                    s12 = TSimd.MultiplyAdd(weight, TSimd.Load(at + (2 * n)), s12);
            }

            if (TRows.Count > 2)
            {
                at += rowStep;
                s20 = TSimd.MultiplyAdd(weight, TSimd.Load(at), s20);
                if (TVectors.Count > 1)
                    s21 = TSimd.MultiplyAdd(weight, TSimd.Load(at + n), s21);
                if (TVectors.Count > 2)
                    s22 = TSimd.MultiplyAdd(weight, TSimd.Load(at + (2 * n)), s22);
            }

            if (TRows.Count > 3)
            {
                at += rowStep;
                s30 = TSimd.MultiplyAdd(weight, TSimd.Load(at), s30);
                if (TVectors.Count > 1)
                    s31 = TSimd.MultiplyAdd(weight, TSimd.Load(at + n), s31);
                if (TVectors.Count > 2)
                    s32 = TSimd.MultiplyAdd(weight, TSimd.Load(at + (2 * n)), s32);
            }
        }

        Put<T, TVector, TSimd, TVectors>(s00, s01, s02, sums);
        if (TRows.Count > 1)
            Put<T, TVector, TSimd, TVectors>(s10, s11, s12, sums + (MaxVectors * n));
        if (TRows.Count > 2)
            Put<T, TVector, TSimd, TVectors>(s20, s21, s22, sums + (2 * MaxVectors * n));
        if (TRows.Count > 3)
            Put<T, TVector, TSimd, TVectors>(s30, s31, s32, sums + (3 * MaxVectors * n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T, TVector, TSimd, TVectors>(TVector first, TVector second, TVector third, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TVectors : struct, IRows
    {
        TSimd.Store(first, sums);
        if (TVectors.Count > 1)
            TSimd.Store(second, sums + TSimd.Count);
        if (TVectors.Count > 2)
            TSimd.Store(third, sums + (2 * TSimd.Count));
    }
}
