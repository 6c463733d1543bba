using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The innermost loop of a convolution of channels by themselves: up to four rows of outputs by up to three vectors of columns, or up to eight rows of one vector, all of whose sums stay in registers
/// while the taps run. One number of weights meets them all.
/// </summary>
internal static unsafe class DepthwiseTile
{
    /// <summary>Rows of any tile.</summary>
    public const int MaxRows = 8;

    /// <summary>Vectors in a row of a tile.</summary>
    public const int MaxVectors = 3;

    /// <summary>The most rows of a tile with a number of vectors: enough sums at a time to hide how long a multiply-add takes.</summary>
    public static int Rows(int vectors) => vectors == 1 ? MaxRows : 4;

    /// <summary>Runs the tile whose size is known at run time only.</summary>
    public static void Run<T, TVector, TSimd>(int rows, int vectors, int taps, T* x, int* offsets, nint rowStep, T* w, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        switch (rows)
        {
            case 1: Run<T, TVector, TSimd, Rows1>(vectors, taps, x, offsets, rowStep, w, target); break;
            case 2: Run<T, TVector, TSimd, Rows2>(vectors, taps, x, offsets, rowStep, w, target); break;
            case 3: Run<T, TVector, TSimd, Rows3>(vectors, taps, x, offsets, rowStep, w, target); break;
            case 4: Run<T, TVector, TSimd, Rows4>(vectors, taps, x, offsets, rowStep, w, target); break;
            case 5: Run<T, TVector, TSimd, Rows5, Rows1>(taps, x, offsets, rowStep, w, target); break;
            case 6: Run<T, TVector, TSimd, Rows6, Rows1>(taps, x, offsets, rowStep, w, target); break;
            case 7: Run<T, TVector, TSimd, Rows7, Rows1>(taps, x, offsets, rowStep, w, target); break;
            default: Run<T, TVector, TSimd, Rows8, Rows1>(taps, x, offsets, rowStep, w, target); break;
        }
    }

    private static void Run<T, TVector, TSimd, TRows>(int vectors, int taps, T* x, int* offsets, nint rowStep, T* w, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
    {
        switch (vectors)
        {
            case 1: Run<T, TVector, TSimd, TRows, Rows1>(taps, x, offsets, rowStep, w, target); break;
            case 2: Run<T, TVector, TSimd, TRows, Rows2>(taps, x, offsets, rowStep, w, target); break;
            default: Run<T, TVector, TSimd, TRows, Rows3>(taps, x, offsets, rowStep, w, target); break;
        }
    }

    /// <summary>y[r, j] = Σₜ w[t]·x[offsets[t] + r·rowStep + j], with bias and rectifier as <paramref name="target"/> says. Rows are written one after the other, whole vectors each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T, TVector, TSimd, TRows, TVectors>(int taps, T* x, int* offsets, nint rowStep, T* w, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
        where TVectors : struct, IRows
    {
        int n = TSimd.Count;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero;
        TVector s40 = TSimd.Zero, s50 = TSimd.Zero, s60 = TSimd.Zero, s70 = TSimd.Zero;
        for (int tap = 0; tap < taps; tap++)
        {
            TVector weight = TSimd.Broadcast(w[tap]);
            T* at = x + offsets[tap];
            s00 = TSimd.AddProduct(weight, TSimd.Load(at), s00);
            if (TVectors.Count > 1)
                s01 = TSimd.AddProduct(weight, TSimd.Load(at + n), s01);
            if (TVectors.Count > 2)
                s02 = TSimd.AddProduct(weight, TSimd.Load(at + (2 * n)), s02);
            if (TRows.Count > 1)
            {
                at += rowStep;
                s10 = TSimd.AddProduct(weight, TSimd.Load(at), s10);
                if (TVectors.Count > 1)
                    s11 = TSimd.AddProduct(weight, TSimd.Load(at + n), s11);
                if (TVectors.Count > 2)
                    s12 = TSimd.AddProduct(weight, TSimd.Load(at + (2 * n)), s12);
            }

            if (TRows.Count > 2)
            {
                at += rowStep;
                s20 = TSimd.AddProduct(weight, TSimd.Load(at), s20);
                if (TVectors.Count > 1)
                    s21 = TSimd.AddProduct(weight, TSimd.Load(at + n), s21);
                if (TVectors.Count > 2)
                    s22 = TSimd.AddProduct(weight, TSimd.Load(at + (2 * n)), s22);
            }

            if (TRows.Count > 3)
            {
                at += rowStep;
                s30 = TSimd.AddProduct(weight, TSimd.Load(at), s30);
                if (TVectors.Count > 1)
                    s31 = TSimd.AddProduct(weight, TSimd.Load(at + n), s31);
                if (TVectors.Count > 2)
                    s32 = TSimd.AddProduct(weight, TSimd.Load(at + (2 * n)), s32);
            }

            if (TRows.Count > 4)
            {
                at += rowStep;
                s40 = TSimd.AddProduct(weight, TSimd.Load(at), s40);
            }

            if (TRows.Count > 5)
            {
                at += rowStep;
                s50 = TSimd.AddProduct(weight, TSimd.Load(at), s50);
            }

            if (TRows.Count > 6)
            {
                at += rowStep;
                s60 = TSimd.AddProduct(weight, TSimd.Load(at), s60);
            }

            if (TRows.Count > 7)
            {
                at += rowStep;
                s70 = TSimd.AddProduct(weight, TSimd.Load(at), s70);
            }
        }

        Put<T, TVector, TSimd, TRows, TVectors>(s00, s01, s02, 0, target);
        if (TRows.Count > 1)
            Put<T, TVector, TSimd, TRows, TVectors>(s10, s11, s12, 1, target);
        if (TRows.Count > 2)
            Put<T, TVector, TSimd, TRows, TVectors>(s20, s21, s22, 2, target);
        if (TRows.Count > 3)
            Put<T, TVector, TSimd, TRows, TVectors>(s30, s31, s32, 3, target);
        if (TRows.Count > 4)
            Put<T, TVector, TSimd, TRows, TVectors>(s40, s40, s40, 4, target);
        if (TRows.Count > 5)
            Put<T, TVector, TSimd, TRows, TVectors>(s50, s50, s50, 5, target);
        if (TRows.Count > 6)
            Put<T, TVector, TSimd, TRows, TVectors>(s60, s60, s60, 6, target);
        if (TRows.Count > 7)
            Put<T, TVector, TSimd, TRows, TVectors>(s70, s70, s70, 7, target);
    }

    /// <summary>Finishes and writes a row of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T, TVector, TSimd, TRows, TVectors>(TVector first, TVector second, TVector third, int row, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
        where TVectors : struct, IRows
    {
        T* y = row == TRows.Count - 1 ? target.Last : target.Y + (row * target.Leading);
        TSimd.Store(Finish<T, TVector, TSimd>(first, target), y);
        if (TVectors.Count > 1)
            TSimd.Store(Finish<T, TVector, TSimd>(second, target), y + TSimd.Count);
        if (TVectors.Count > 2)
            TSimd.Store(Finish<T, TVector, TSimd>(third, target), y + (2 * TSimd.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finish<T, TVector, TSimd>(TVector value, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        if (target.Bias is not null)
            value = TSimd.Add(value, TSimd.Broadcast(*target.Bias));
        return target.Relu ? TSimd.Relu(value) : value;
    }
}

/// <summary>Where the tile of a convolution of channels by themselves goes, and how.</summary>
/// <param name="y">Its first element.</param>
/// <param name="leading">The distance between its rows.</param>
/// <param name="last">Where its last row goes.</param>
/// <param name="bias">The number that is added to all sums, or null.</param>
/// <param name="relu">Whether negative results become 0.</param>
internal readonly unsafe struct DepthwiseTarget<T>(T* y, nint leading, T* last, T* bias, bool relu)
    where T : unmanaged
{
    public readonly T* Y = y;
    public readonly nint Leading = leading;
    public readonly T* Last = last;
    public readonly T* Bias = bias;
    public readonly bool Relu = relu;
}
