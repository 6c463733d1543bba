using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, Parallel random numbers: as easy as 1, 2, 3): each
/// block of four 32-bit words is a function of a 128-bit counter and a 64-bit key.
/// </summary>
/// <remarks>
/// A stream is named by (key, counter): block b has the counter words (low b, high b, low counter, high counter) and the key words
/// (low key, high key). Word i of the stream is word i mod 4 of block i / 4.
/// <list type="bullet">
/// <item>float: element i = (word i ≫ 8)·2⁻²⁴;</item>
/// <item>double: element i = ((word 2i + word (2i+1)·2³²) ≫ 11)·2⁻⁵³.</item>
/// </list>
/// So an element depends on (key, counter, i) alone, not on the length asked for, the number of threads or the vector width.
/// </remarks>
public static unsafe class Philox
{
    private const int PieceBlocks = 4096;

    /// <summary>The rounds of the bijection.</summary>
    public const int Rounds = 10;

    /// <summary>The factor of word 0.</summary>
    public const uint Multiplier0 = 0xD2511F53;

    /// <summary>The factor of word 2.</summary>
    public const uint Multiplier1 = 0xCD9E8D57;

    /// <summary>What a round adds to the lower key word.</summary>
    public const uint Weyl0 = 0x9E3779B9;

    /// <summary>What a round adds to the upper key word.</summary>
    public const uint Weyl1 = 0xBB67AE85;

    /// <summary>Uniform values in [0, 1), multiples of 2⁻²⁴.</summary>
    internal static void Uniform(ulong key, ulong counter, Span<float> y, Workers workers) =>
        Uniform(SimdWidths.Best, key, counter, y, workers);

    /// <summary>Uniform values in [0, 1), multiples of 2⁻⁵³.</summary>
    internal static void Uniform(ulong key, ulong counter, Span<double> y, Workers workers) =>
        Uniform(SimdWidths.Best, key, counter, y, workers);

    /// <summary>Uniform values with vectors of a given width; T is float or double.</summary>
    internal static void Uniform<T>(SimdWidth width, ulong key, ulong counter, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* p = y)
            workers.For(Pieces<T>(y.Length), new Job<T> { Width = width, Key = key, Counter = counter, Y = p, Count = y.Length });
    }

    /// <summary>The four words of one block.</summary>
    /// <param name="key">The key words, little end first.</param>
    /// <param name="low">The counter words 0 and 1, little end first.</param>
    /// <param name="high">The counter words 2 and 3, little end first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint X0, uint X1, uint X2, uint X3) Block(ulong key, ulong low, ulong high)
    {
        uint x0 = (uint)low, x1 = (uint)(low >> 32), x2 = (uint)high, x3 = (uint)(high >> 32);
        uint key0 = (uint)key, key1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * x0, product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ key0, (uint)product1, (uint)(product0 >> 32) ^ x3 ^ key1, (uint)product0);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (x0, x1, x2, x3);
    }

    /// <summary>The words of <paramref name="blocks"/> blocks from <paramref name="block"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Words(SimdWidth width, ulong key, ulong counter, ulong block, int blocks, uint* words)
    {
        int done = width == SimdWidth.Vector128 ? 0 : PhiloxVectors.Words(width, key, counter, block, blocks, words);
        for (; done < blocks; done++)
        {
            uint* to = words + ((nint)done * 4);
            (to[0], to[1], to[2], to[3]) = Block(key, block + (ulong)done, counter);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Pieces<T>(int count)
        where T : unmanaged => (int)(((long)count + Elements<T>() - 1) / Elements<T>());

    private static int Elements<T>()
        where T : unmanaged => PieceBlocks * 16 / sizeof(ulong) * 8 / (sizeof(T) == 4 ? 4 : 8);

    private struct Job<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private const int ChunkBlocks = 64;
        public SimdWidth Width;
        public ulong Key;
        public ulong Counter;
        public T* Y;
        public int Count;

        public readonly void Execute(int index, int participant)
        {
            int perBlock = 16 / sizeof(T);
            int first = index * Elements<T>(), last = (int)Math.Min(Count, (long)first + Elements<T>());
            uint* words = stackalloc uint[4 * ChunkBlocks];
            T* values = stackalloc T[ChunkBlocks * 4];
            for (long i = first; i < last; i += ChunkBlocks * perBlock)
            {
                int count = (int)Math.Min(last - i, ChunkBlocks * perBlock);
                int blocks = (count + perBlock - 1) / perBlock;
                Words(Width, Key, Counter, (ulong)(i / perBlock), blocks, words);
                Convert(words, blocks * perBlock, values);
                new ReadOnlySpan<T>(values, count).CopyTo(new Span<T>(Y + i, count));
            }
        }

        private static void Convert(uint* words, int count, T* values)
        {
            if (typeof(T) == typeof(float))
            {
                int i = 0;
                for (; i <= count - 8; i += 8)
                    (Vector256.ConvertToSingle((Vector256.Load(words + i) >>> 8).AsInt32()) * (1f / (1 << 24))).Store((float*)values + i);
                for (; i < count; i++)
                    ((float*)values)[i] = (words[i] >> 8) * (1f / (1 << 24));
            }
            else
            {
                for (int i = 0; i < count; i++)
                    ((double*)values)[i] = (((ulong*)words)[i] >> 11) * (1.0 / (1L << 53));
            }
        }
    }
}
