using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Products of matrices of int8 or uint8, in int32: C = (A − zero point of its row)·(B − zero point of its column), exact but for sums beyond 32 bits, which wrap. Elements are widened to 16 bits and multiplied in pairs along k,
/// for which processors have one instruction, twice as many as multiply-adds of float32: the tiles are those of <see cref="Gemm"/>.
/// </summary>
internal static unsafe class ByteProduct
{
    /// <summary>B, [k, n], as products read it, for many of them.</summary>
    public static Storage Pack(SimdWidth width, Value b)
    {
        (int k, int n) = (b.Sizes[0], b.Sizes[1]);
        var panel = new BytePanel(b.Pointer<byte>(), k, n, b.DType == DType.Int8);
        Storage packed = SimdWidths.Compiled(width) switch
        {
            SimdWidth.Vector512 => PackAll<Vector512<int>, Simd512<int>>(panel, Pairs(k), n),
            SimdWidth.Vector256 => PackAll<Vector256<int>, Simd256<int>>(panel, Pairs(k), n),
            _ => PackAll<Vector128<int>, Simd128<int>>(panel, Pairs(k), n),
        };
        GC.KeepAlive(b);
        return packed;
    }

    /// <summary>Computes one product.</summary>
    /// <param name="width">The vectors to use.</param>
    /// <param name="sizes">Rows of A, columns of B, and the columns of A that are the rows of B.</param>
    /// <param name="a">A and its type.</param>
    /// <param name="zeroA">A number for each row of A; empty for zeros.</param>
    /// <param name="b">B and its type.</param>
    /// <param name="zeroB">A number for each column of B; empty for zeros.</param>
    /// <param name="c">C.</param>
    /// <param name="packed">B as <see cref="Pack"/> gives it, or null.</param>
    /// <param name="workers">The threads.</param>
    public static void Multiply(
        SimdWidth width,
        (int M, int N, int K) sizes,
        (nint Address, bool IsSigned) a,
        ReadOnlySpan<int> zeroA,
        (nint Address, bool IsSigned) b,
        ReadOnlySpan<int> zeroB,
        Span<int> c,
        Storage? packed,
        Workers workers)
    {
        (int m, int n, int k) = sizes;
        if (m == 0 || n == 0)
            return;
        if (k == 0)
        {
            c.Clear();
            return;
        }

        int pairs = Pairs(k);
        using Scratch wide = workers.Rent((long)m * pairs * sizeof(int));
        using Scratch sums = workers.Rent((long)m * sizeof(int));
        fixed (int* zeros = zeroA, result = c)
        {
            workers.For(m, new WidenRow { From = (byte*)a.Address, IsSigned = a.IsSigned, K = k, Zeros = zeros, To = (short*)wide.Pointer, Pairs = pairs, Sums = (int*)sums.Pointer });
            GemmProblem<int> problem = new() { M = m, N = n, K = pairs, Alpha = 1, A = (int*)wide.Pointer, Lda = pairs, C = result, Ldc = n };
            if (packed is null)
            {
                GemmJob.Run(problem, new BytePanel((byte*)b.Address, k, n, b.IsSigned), width, workers);
            }
            else
            {
                int columns = 2 * SimdWidths.Lanes<int>(width);
                GemmJob.Run(problem, new PackedPanel<int>((int*)packed.Address, (n + columns - 1) / columns, columns), width, workers);
            }
        }

        // Σ a·(b − z) = Σ a·b − z·Σ a.
        if (zeroB.ContainsAnyExcept(0))
        {
            for (int i = 0; i < m; i++)
            {
                Span<int> row = c.Slice(i * n, n);
                TensorPrimitives.MultiplyAdd(zeroB, -((int*)sums.Pointer)[i], row, row);
            }
        }
    }

    private static int Pairs(int k) => (k + 1) / 2;

    private static Storage PackAll<TVector, TSimd>(in BytePanel panel, int pairs, int n)
        where TVector : struct
        where TSimd : struct, ISimd<int, TVector>
    {
        Storage packed = new(GemmBlocks<int, TVector, TSimd, BytePanel>.PackedCount(pairs, n) * sizeof(int));
        GemmBlocks<int, TVector, TSimd, BytePanel>.Pack(panel, pairs, n, (int*)packed.Address);
        return packed;
    }

    /// <summary>A row of A in 16 bits, less its zero point, with a zero behind it where its length is odd; and its sum.</summary>
    private struct WidenRow : IJob
    {
        public byte* From;
        public bool IsSigned;
        public int K;
        public int* Zeros;
        public short* To;
        public int Pairs;
        public int* Sums;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int index, int participant)
        {
            byte* from = From + ((nint)index * K);
            short* to = To + ((nint)index * 2 * Pairs);
            short zero = (short)(Zeros is null ? 0 : Zeros[index]);
            Vector256<short> zeros = Vector256.Create(zero);
            Vector256<int> sums = Vector256<int>.Zero;
            int p = 0, sum = 0;
            for (; p <= K - Vector128<byte>.Count; p += Vector128<byte>.Count)
            {
                Vector128<byte> x = Vector128.Load(from + p);
                Vector256<short> y = (IsSigned ? Vector256.Create(Vector128.WidenLower(x.AsSByte()), Vector128.WidenUpper(x.AsSByte())) : Vector256.Create(Vector128.WidenLower(x), Vector128.WidenUpper(x)).AsInt16()) - zeros;
                y.Store(to + p);
                sums += Vector256.WidenLower(y) + Vector256.WidenUpper(y);
            }

            for (; p < K; p++)
                sum += to[p] = (short)((IsSigned ? (sbyte)from[p] : from[p]) - zero);
            if (p < 2 * Pairs)
                to[p] = 0;
            Sums[index] = sum + Vector256.Sum(sums);
        }
    }
}
