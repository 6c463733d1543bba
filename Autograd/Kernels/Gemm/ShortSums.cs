using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Products whose sums are so short that the way of the result to memory costs more: a few rows of the result are written from one end to the other, sliver by sliver of the packed right
/// operand, four rows by two vectors at a time. An element is the same chain of multiply-adds as in a <see cref="GemmTile"/>.</summary>
internal static unsafe class ShortSums<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>The longest of them.</summary>
    public const int Longest = 16;

    private const int Rows = 4;

    /// <summary>Computes rows of whole slivers.</summary>
    /// <param name="k">The number of summands.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="slivers">The number of slivers.</param>
    /// <param name="a">The left operand; element (r, p) is a[r·<paramref name="aRow"/> + p·<paramref name="aColumn"/>].</param>
    /// <param name="aRow">The distance between its rows.</param>
    /// <param name="aColumn">The distance between its columns.</param>
    /// <param name="b">The slivers of the right operand, k rows of two vectors each.</param>
    /// <param name="target">Where the first row and sliver go, and how; the old result is not read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int k, int rows, int slivers, T* a, nint aRow, nint aColumn, T* b, GemmTarget<T> target)
    {
        int row = 0;
        for (; row <= rows - Rows; row += Rows)
            Strip<Rows4>(k, slivers, a + (row * aRow), aRow, aColumn, b, At(target, row));
        for (; row < rows; row++)
            Strip<Rows1>(k, slivers, a + (row * aRow), aRow, aColumn, b, At(target, row));
    }

    private static GemmTarget<T> At(GemmTarget<T> target, int row)
    {
        target.C += row * target.Ldc;
        target.RowBias = target.RowBias is null ? null : target.RowBias + row;
        return target;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strip<TRows>(int k, int slivers, T* a, nint aRow, nint aColumn, T* b, GemmTarget<T> target)
        where TRows : struct, IRows
    {
        int n = TSimd.Count;
        for (int sliver = 0; sliver < slivers; sliver++, target.C += 2 * n)
        {
            TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero, s20 = TSimd.Zero, s21 = TSimd.Zero, s30 = TSimd.Zero, s31 = TSimd.Zero;
            T* left = a;
            for (int p = 0; p < k; p++, left += aColumn, b += 2 * n)
            {
                TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + n), x = TSimd.Broadcast(*left);
                s00 = TSimd.AddProduct(x, b0, s00);
                s01 = TSimd.AddProduct(x, b1, s01);
                if (TRows.Count > 1)
                {
                    x = TSimd.Broadcast(left[aRow]);
                    s10 = TSimd.AddProduct(x, b0, s10);
                    s11 = TSimd.AddProduct(x, b1, s11);
                    x = TSimd.Broadcast(left[2 * aRow]);
                    s20 = TSimd.AddProduct(x, b0, s20);
                    s21 = TSimd.AddProduct(x, b1, s21);
                    x = TSimd.Broadcast(left[3 * aRow]);
                    s30 = TSimd.AddProduct(x, b0, s30);
                    s31 = TSimd.AddProduct(x, b1, s31);
                }
            }

            T* c = target.C;
            TSimd.Store(s00, c);
            TSimd.Store(s01, c + n);
            if (TRows.Count > 1)
            {
                c += target.Ldc;
                TSimd.Store(s10, c);
                TSimd.Store(s11, c + n);
                c += target.Ldc;
                TSimd.Store(s20, c);
                TSimd.Store(s21, c + n);
                c += target.Ldc;
                TSimd.Store(s30, c);
                TSimd.Store(s31, c + n);
            }

            if (!target.Merges)
                continue;
            GemmMerge.Run<T, TVector, TSimd>(TRows.Count, true, target.C, target.Ldc, &target);
            target.ColumnBias = target.ColumnBias is null ? null : target.ColumnBias + (2 * n);
        }
    }
}
