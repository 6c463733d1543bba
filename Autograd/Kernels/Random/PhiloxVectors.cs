using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Several Philox blocks at a time: each 64-bit lane carries one 32-bit word of one block in its lower half, so that the widening
/// multiplication needs no rearrangement.
/// </summary>
internal static unsafe class PhiloxVectors
{
    /// <summary>Writes as many whole groups of blocks as fit; returns the number of blocks written.</summary>
    public static int Words(SimdWidth width, ulong key, ulong counter, ulong block, int blocks, uint* words) =>
        SimdWidths.Compiled(width) == SimdWidth.Vector512 ? Words512(key, counter, block, blocks, words) : Words256(key, counter, block, blocks, words);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Words256(ulong key, ulong counter, ulong block, int blocks, uint* words)
    {
        // The lanes are ordered so that interleaving within 128-bit halves at the end gives the blocks in order.
        Vector256<ulong> lanes = Vector256.Create(0UL, 2, 1, 3);
        int done = 0;

        // Two groups at a time: each is a long chain of dependent steps, so the second fills the gaps of the first.
        for (; done <= blocks - 8; done += 8, words += 32)
        {
            Vector256<ulong> a0 = Vector256.Create(block + (ulong)done) + lanes, b0 = a0 + Vector256.Create(4UL);
            Vector256<ulong> a1 = a0 >>> 32, b1 = b0 >>> 32, a2 = Vector256.Create(counter), b2 = a2, a3 = Vector256.Create(counter >> 32), b3 = a3;
            uint key0 = (uint)key, key1 = (uint)(key >> 32);
            for (int round = 0; round < Philox.Rounds; round++)
            {
                Round(ref a0, ref a1, ref a2, ref a3, key0, key1);
                Round(ref b0, ref b1, ref b2, ref b3, key0, key1);
                key0 += Philox.Weyl0;
                key1 += Philox.Weyl1;
            }

            Interleave(Pair(a0, a1), Pair(a2, a3), (ulong*)words);
            Interleave(Pair(b0, b1), Pair(b2, b3), (ulong*)(words + 16));
        }

        for (; done <= blocks - 4; done += 4, words += 16)
        {
            Vector256<ulong> c0 = Vector256.Create(block + (ulong)done) + lanes, c1 = c0 >>> 32, c2 = Vector256.Create(counter), c3 = Vector256.Create(counter >> 32);
            uint key0 = (uint)key, key1 = (uint)(key >> 32);
            for (int round = 0; round < Philox.Rounds; round++)
            {
                Round(ref c0, ref c1, ref c2, ref c3, key0, key1);
                key0 += Philox.Weyl0;
                key1 += Philox.Weyl1;
            }

            Interleave(Pair(c0, c1), Pair(c2, c3), (ulong*)words);
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3, uint key0, uint key1)
    {
        Vector256<ulong> product0 = Widen(c0, Philox.Multiplier0), product1 = Widen(c2, Philox.Multiplier1);
        c0 = (product1 >>> 32) ^ c1 ^ Vector256.Create((ulong)key0);
        c1 = product1;
        c2 = (product0 >>> 32) ^ c3 ^ Vector256.Create((ulong)key1);
        c3 = product0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Words512(ulong key, ulong counter, ulong block, int blocks, uint* words)
    {
        Vector512<ulong> lanes = Vector512.Create(0UL, 4, 1, 5, 2, 6, 3, 7);
        int done = 0;
        for (; done <= blocks - 8; done += 8, words += 32)
        {
            Vector512<ulong> index = Vector512.Create(block + (ulong)done) + lanes;
            Vector512<ulong> c0 = index, c1 = index >>> 32, c2 = Vector512.Create(counter), c3 = Vector512.Create(counter >> 32);
            uint key0 = (uint)key, key1 = (uint)(key >> 32);
            for (int round = 0; round < Philox.Rounds; round++)
            {
                Vector512<ulong> product0 = Widen(c0, Philox.Multiplier0), product1 = Widen(c2, Philox.Multiplier1);
                c0 = (product1 >>> 32) ^ c1 ^ Vector512.Create((ulong)key0);
                c1 = product1;
                c2 = (product0 >>> 32) ^ c3 ^ Vector512.Create((ulong)key1);
                c3 = product0;
                key0 += Philox.Weyl0;
                key1 += Philox.Weyl1;
            }

            Vector512<ulong> low = (c0 & Vector512.Create(0xFFFFFFFFUL)) | (c1 << 32);
            Vector512<ulong> high = (c2 & Vector512.Create(0xFFFFFFFFUL)) | (c3 << 32);
            Interleave(low, high, (ulong*)words);
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Widen(Vector256<ulong> value, uint multiplier) => Avx2.IsSupported
        ? Avx2.Multiply(value.AsUInt32(), Vector256.Create((ulong)multiplier).AsUInt32())
        : (value & Vector256.Create(0xFFFFFFFFUL)) * multiplier;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Widen(Vector512<ulong> value, uint multiplier) => Avx512F.IsSupported
        ? Avx512F.Multiply(value.AsUInt32(), Vector512.Create((ulong)multiplier).AsUInt32())
        : (value & Vector512.Create(0xFFFFFFFFUL)) * multiplier;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Pair(Vector256<ulong> low, Vector256<ulong> high) =>
        (low & Vector256.Create(0xFFFFFFFFUL)) | (high << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector256<ulong> low, Vector256<ulong> high, ulong* words)
    {
        if (Avx2.IsSupported)
        {
            Avx2.UnpackLow(low, high).Store(words);
            Avx2.UnpackHigh(low, high).Store(words + 4);
            return;
        }

        for (int half = 0; half < 2; half++)
        {
            for (int lane = 0; lane < 2; lane++)
            {
                words[(half * 4) + (lane * 2)] = low[half + (lane * 2)];
                words[(half * 4) + (lane * 2) + 1] = high[half + (lane * 2)];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector512<ulong> low, Vector512<ulong> high, ulong* words)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.UnpackLow(low, high).Store(words);
            Avx512F.UnpackHigh(low, high).Store(words + 8);
            return;
        }

        for (int half = 0; half < 2; half++)
        {
            for (int lane = 0; lane < 4; lane++)
            {
                words[(half * 8) + (lane * 2)] = low[half + (lane * 2)];
                words[(half * 8) + (lane * 2) + 1] = high[half + (lane * 2)];
            }
        }
    }
}
