using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The innermost loop of matrix multiplication: a tile of up to 12 rows and two vectors of columns, all of whose sums stay in
/// registers while k runs. Rows beyond the tile's height are removed when the method is specialized for <c>TRows</c>.
/// </summary>
internal static unsafe class GemmTile
{
    // Rows of the right operand that are asked for ahead while it is packed: far apart as they are, no hardware foresees them.
    private const int PackAhead = 16;

    /// <summary>Rows of the right operand between two bursts of lines asked for ahead.</summary>
    internal const int Group = 4;

    /// <summary>Runs the tile whose height is known at run time only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVector, TSimd, TPack>(int rows, int k, T* a, nint aStep, T* b, nint bStep, int* offsets, T* packed, ref GemmAhead<T> ahead, GemmTarget<T>* target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TPack : struct, IFlag
    {
        switch (rows)
        {
            case 1: Run<T, TVector, TSimd, Rows1, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 2: Run<T, TVector, TSimd, Rows2, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 3: Run<T, TVector, TSimd, Rows3, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 4: Run<T, TVector, TSimd, Rows4, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 5: Run<T, TVector, TSimd, Rows5, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 6: Run<T, TVector, TSimd, Rows6, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 7: Run<T, TVector, TSimd, Rows7, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 8: Run<T, TVector, TSimd, Rows8, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 9: Run<T, TVector, TSimd, Rows9, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 10: Run<T, TVector, TSimd, Rows10, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            case 11: Run<T, TVector, TSimd, Rows11, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
            default: Run<T, TVector, TSimd, Rows12, TPack>(k, a, aStep, b, bStep, offsets, packed, ref ahead, target); break;
        }
    }

    /// <summary>Adds Σₚ a[p·aStep + r]·b[p·bStep + j] to the tile of the result as <paramref name="target"/> says.</summary>
    /// <remarks>
    /// With <c>TPack</c> = Yes the columns read are also written to <paramref name="packed"/>, densely, for the next tiles. With <c>TPack</c> =
    /// <see cref="Shifted"/> row p of b begins at b + <paramref name="offsets"/>[p]; with <see cref="Slim"/> the tile has one vector of columns; with
    /// <see cref="InPlace"/> the left operand is a[r·aStep + p].
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVector, TSimd, TRows, TPack>(int k, T* a, nint aStep, T* b, nint bStep, int* offsets, T* packed, ref GemmAhead<T> ahead, GemmTarget<T>* target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
        where TPack : struct, IFlag
    {
        // The result is needed last; asking for it now hides the way to the outer caches.
        T* c = target->C;
        for (int r = 0; r < TRows.Count; r++, c += target->Ldc)
        {
            TSimd.Prefetch(c);
            TSimd.Prefetch(c + (2 * TSimd.Count) - 1);
        }

        TVector s00 = TSimd.Zero, s10 = TSimd.Zero, s20 = TSimd.Zero, s30 = TSimd.Zero, s40 = TSimd.Zero, s50 = TSimd.Zero;
        TVector s60 = TSimd.Zero, s70 = TSimd.Zero, s80 = TSimd.Zero, s90 = TSimd.Zero, sa0 = TSimd.Zero, sb0 = TSimd.Zero;
        TVector s01 = TSimd.Zero, s11 = TSimd.Zero, s21 = TSimd.Zero, s31 = TSimd.Zero, s41 = TSimd.Zero, s51 = TSimd.Zero;
        TVector s61 = TSimd.Zero, s71 = TSimd.Zero, s81 = TSimd.Zero, s91 = TSimd.Zero, sa1 = TSimd.Zero, sb1 = TSimd.Zero;
        // Without packing, b is packed itself: its step is a constant, and all addresses below are constant offsets.
        if (typeof(TPack) == typeof(No) || typeof(TPack) == typeof(Slim) || typeof(TPack) == typeof(InPlace) || typeof(TPack) == typeof(SlimInPlace))
            bStep = 2 * TSimd.Count;
        nint packAhead = PackAhead * bStep;
        nint aRow = 1;
        if (typeof(TPack) == typeof(InPlace) || typeof(TPack) == typeof(SlimInPlace) || typeof(TPack) == typeof(StridedInPlace))
            (aRow, aStep) = (aStep, 1);
        GemmAhead<T> lines = ahead, results = target->Ahead;
        for (nint p = k; p > 0; p -= Group)
        {
            for (int line = Math.Min(lines.Lines, lines.Burst); line > 0; line--)
                TSimd.PrefetchFar(lines.Take());
            if (results.Lines > 0)
                TSimd.PrefetchFar(results.Take());
            for (nint q = Math.Min(p, Group); q > 0; q--)
            {
                Step<T, TVector, TSimd, TRows, TPack>(
                    a, aRow, Row<T, TPack>(b, 0, bStep, offsets), packAhead, packed,
                    ref s00, ref s10, ref s20, ref s30, ref s40, ref s50, ref s60, ref s70, ref s80, ref s90, ref sa0, ref sb0,
                    ref s01, ref s11, ref s21, ref s31, ref s41, ref s51, ref s61, ref s71, ref s81, ref s91, ref sa1, ref sb1);
                if (typeof(TPack) == typeof(Shifted) || typeof(TPack) == typeof(SlimShifted))
                    offsets++;
                else
                    b += bStep;
                packed += 2 * TSimd.Count;
                a += aStep;
            }
        }

        ahead = lines;

        // Where the old result takes part, the sums wait beside it; otherwise they are the result, or become it in place.
        nint leading = target->Reads ? 2 * TSimd.Count : target->Ldc;
        T* sums = target->Reads ? target->Sums : target->C;
        Put<T, TVector, TSimd, TPack>(s00, s01, sums);
        if (TRows.Count > 1)
            Put<T, TVector, TSimd, TPack>(s10, s11, sums + leading);
        if (TRows.Count > 2)
            Put<T, TVector, TSimd, TPack>(s20, s21, sums + (2 * leading));
        if (TRows.Count > 3)
            Put<T, TVector, TSimd, TPack>(s30, s31, sums + (3 * leading));
        if (TRows.Count > 4)
            Put<T, TVector, TSimd, TPack>(s40, s41, sums + (4 * leading));
        if (TRows.Count > 5)
            Put<T, TVector, TSimd, TPack>(s50, s51, sums + (5 * leading));
        if (TRows.Count > 6)
            Put<T, TVector, TSimd, TPack>(s60, s61, sums + (6 * leading));
        if (TRows.Count > 7)
            Put<T, TVector, TSimd, TPack>(s70, s71, sums + (7 * leading));
        if (TRows.Count > 8)
            Put<T, TVector, TSimd, TPack>(s80, s81, sums + (8 * leading));
        if (TRows.Count > 9)
            Put<T, TVector, TSimd, TPack>(s90, s91, sums + (9 * leading));
        if (TRows.Count > 10)
            Put<T, TVector, TSimd, TPack>(sa0, sa1, sums + (10 * leading));
        if (TRows.Count > 11)
            Put<T, TVector, TSimd, TPack>(sb0, sb1, sums + (11 * leading));
        if (target->Merges)
            GemmMerge.Run<T, TVector, TSimd>(TRows.Count, typeof(TPack) != typeof(Slim) && typeof(TPack) != typeof(SlimInPlace) && typeof(TPack) != typeof(SlimShifted), target->Reads ? target->Sums : target->C, leading, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T, TVector, TSimd, TPack>(TVector left, TVector right, T* sums)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TSimd.Store(left, sums);
        if (typeof(TPack) != typeof(Slim) && typeof(TPack) != typeof(SlimInPlace) && typeof(TPack) != typeof(SlimShifted))
            TSimd.Store(right, sums + TSimd.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Row<T, TPack>(T* b, int row, nint bStep, int* offsets)
        where T : unmanaged
        where TPack : struct, IFlag => typeof(TPack) == typeof(Shifted) || typeof(TPack) == typeof(SlimShifted) ? b + offsets[row] : b + (row * bStep);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<T, TVector, TSimd, TRows, TPack>(
        T* a, nint aRow, T* b, nint ahead, T* packed,
        ref TVector s00, ref TVector s10, ref TVector s20, ref TVector s30, ref TVector s40, ref TVector s50, ref TVector s60, ref TVector s70, ref TVector s80, ref TVector s90, ref TVector sa0, ref TVector sb0,
        ref TVector s01, ref TVector s11, ref TVector s21, ref TVector s31, ref TVector s41, ref TVector s51, ref TVector s61, ref TVector s71, ref TVector s81, ref TVector s91, ref TVector sa1, ref TVector sb1)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TRows : struct, IRows
        where TPack : struct, IFlag
    {
        bool wide = typeof(TPack) != typeof(Slim) && typeof(TPack) != typeof(SlimInPlace) && typeof(TPack) != typeof(SlimShifted);
        TVector b0 = TSimd.Load(b), b1 = wide ? TSimd.Load(b + TSimd.Count) : TSimd.Zero;
        if (TPack.Value)
        {
            TSimd.Prefetch(b + ahead);
            TSimd.Prefetch(b + ahead + (2 * TSimd.Count) - 1);
            TSimd.Store(b0, packed);
            TSimd.Store(b1, packed + TSimd.Count);
        }

        TVector x = TSimd.Broadcast(a[0]);
        s00 = TSimd.AddProduct(x, b0, s00);
        if (wide)
            s01 = TSimd.AddProduct(x, b1, s01);
        if (TRows.Count > 1)
        {
            x = TSimd.Broadcast(a[aRow]);
            s10 = TSimd.AddProduct(x, b0, s10);
            if (wide)
                s11 = TSimd.AddProduct(x, b1, s11);
        }

        if (TRows.Count > 2)
        {
            x = TSimd.Broadcast(a[2 * aRow]);
            s20 = TSimd.AddProduct(x, b0, s20);
            if (wide)
                s21 = TSimd.AddProduct(x, b1, s21);
        }

        if (TRows.Count > 3)
        {
            x = TSimd.Broadcast(a[3 * aRow]);
            s30 = TSimd.AddProduct(x, b0, s30);
            if (wide)
                s31 = TSimd.AddProduct(x, b1, s31);
        }

        if (TRows.Count > 4)
        {
            x = TSimd.Broadcast(a[4 * aRow]);
            s40 = TSimd.AddProduct(x, b0, s40);
            if (wide)
                s41 = TSimd.AddProduct(x, b1, s41);
        }

        if (TRows.Count > 5)
        {
            x = TSimd.Broadcast(a[5 * aRow]);
            s50 = TSimd.AddProduct(x, b0, s50);
            if (wide)
                s51 = TSimd.AddProduct(x, b1, s51);
        }

        if (TRows.Count > 6)
        {
            x = TSimd.Broadcast(a[6 * aRow]);
            s60 = TSimd.AddProduct(x, b0, s60);
            if (wide)
                s61 = TSimd.AddProduct(x, b1, s61);
        }

        if (TRows.Count > 7)
        {
            x = TSimd.Broadcast(a[7 * aRow]);
            s70 = TSimd.AddProduct(x, b0, s70);
            if (wide)
                s71 = TSimd.AddProduct(x, b1, s71);
        }

        if (TRows.Count > 8)
        {
            x = TSimd.Broadcast(a[8 * aRow]);
            s80 = TSimd.AddProduct(x, b0, s80);
            if (wide)
                s81 = TSimd.AddProduct(x, b1, s81);
        }

        if (TRows.Count > 9)
        {
            x = TSimd.Broadcast(a[9 * aRow]);
            s90 = TSimd.AddProduct(x, b0, s90);
            if (wide)
                s91 = TSimd.AddProduct(x, b1, s91);
        }

        if (TRows.Count > 10)
        {
            x = TSimd.Broadcast(a[10 * aRow]);
            sa0 = TSimd.AddProduct(x, b0, sa0);
            if (wide)
                sa1 = TSimd.AddProduct(x, b1, sa1);
        }

        if (TRows.Count > 11)
        {
            x = TSimd.Broadcast(a[11 * aRow]);
            sb0 = TSimd.AddProduct(x, b0, sb0);
            if (wide)
                sb1 = TSimd.AddProduct(x, b1, sb1);
        }

    }
}
