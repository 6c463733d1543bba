using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Products of the matrices of two stacks, [m, k]·[k, n] each. Small ones are shared among threads as wholes, large ones one after the other, each cut into parts: the bits are the same.</summary>
internal static unsafe class StackedGemm
{
    // Multiply-adds of a product that is worth cutting into parts, and of the products that a thread takes together.
    private const double Large = 4_000_000, Piece = 500_000;

    // Longer sums are cut in halves.
    private const int LongSum = 16 * 1024;

    /// <summary>The kernel of a stack of products.</summary>
    /// <param name="a">The left matrices.</param>
    /// <param name="b">The right matrices.</param>
    /// <param name="c">The results, not transposed.</param>
    /// <param name="sizes">m, n and k.</param>
    public static Kernel Lower<T>(StackedMatrix a, StackedMatrix b, StackedMatrix c, (int M, int N, int K) sizes)
        where T : unmanaged, INumber<T>
    {
        (double m, double n, double k) = sizes;
        long flops = checked((long)(2 * m * n * k) * c.Offsets.Length);
        bool isNarrow = n <= SimdWidths.Lanes<T>(SimdWidths.Best) || m == 1;
        return m * n == 0 || isNarrow || k > LongSum || m * n * k >= Large || c.Offsets.Length == 1
            ? Kernel.Of(arguments => OneByOne<T>(a, b, c, sizes, arguments), flops)
            : Kernel.Of(arguments => Together<T>(a, b, c, sizes, arguments), flops);
    }

    private static void OneByOne<T>(StackedMatrix a, StackedMatrix b, StackedMatrix c, (int M, int N, int K) sizes, KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> left = arguments.Inputs[0].Span<T>(), right = arguments.Inputs[1].Span<T>();
        Span<T> to = arguments.Outputs[0].Span<T>();
        for (int i = 0; i < c.Offsets.Length; i++)
        {
            Gemm.Multiply(
                SimdWidths.Best, a.IsTransposed, b.IsTransposed, sizes.M, sizes.N, sizes.K, T.One, left[(int)a.Offsets[i]..], a.Leading, right[(int)b.Offsets[i]..], b.Leading,
                T.Zero, to[(int)c.Offsets[i]..], c.Leading, arguments.Workers);
        }
    }

    private static void Together<T>(StackedMatrix a, StackedMatrix b, StackedMatrix c, (int M, int N, int K) sizes, KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        int each = (int)Math.Max(1, Piece / ((double)sizes.M * sizes.N * Math.Max(1, sizes.K)));
        fixed (nint* fromA = a.Offsets, fromB = b.Offsets, fromC = c.Offsets)
        {
            var stack = new StackedProducts<T>
            {
                Problem = new()
                {
                    M = sizes.M,
                    N = sizes.N,
                    K = sizes.K,
                    Alpha = T.One,
                    Beta = T.Zero,
                    A = arguments.Inputs[0].Pointer<T>(),
                    Lda = a.Leading,
                    TransposeA = a.IsTransposed,
                    C = arguments.Outputs[0].Pointer<T>(),
                    Ldc = c.Leading,
                },
                B = arguments.Inputs[1].Pointer<T>(),
                Ldb = b.Leading,
                TransposeB = b.IsTransposed,
                OffsetsA = fromA,
                OffsetsB = fromB,
                OffsetsC = fromC,
                Count = c.Offsets.Length,
                Each = each,
            };
            switch (SimdWidths.Best)
            {
                case SimdWidth.Vector512: StackedGemmJob<T, Vector512<T>, Simd512<T>>.Run(stack, arguments.Workers); break;
                case SimdWidth.Vector256: StackedGemmJob<T, Vector256<T>, Simd256<T>>.Run(stack, arguments.Workers); break;
                default: StackedGemmJob<T, Vector128<T>, Simd128<T>>.Run(stack, arguments.Workers); break;
            }
        }
    }
}

/// <summary>A stack of products by pointers.</summary>
internal unsafe struct StackedProducts<T>
    where T : unmanaged
{
    /// <summary>A product with the first elements of the left and the resulting tensor.</summary>
    public GemmProblem<T> Problem;
    public T* B;
    public nint Ldb;
    public bool TransposeB;
    public nint* OffsetsA;
    public nint* OffsetsB;
    public nint* OffsetsC;

    /// <summary>The number of products.</summary>
    public int Count;

    /// <summary>The products that a thread takes together.</summary>
    public int Each;
}

/// <summary>Some products after the other, on one thread.</summary>
internal unsafe struct StackedGemmJob<T, TVector, TSimd> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private StackedProducts<T> stack;
    private byte* scratch;
    private long scratchBytes;

    public static void Run(in StackedProducts<T> stack, Workers workers)
    {
        long bytes = (GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.ScratchBytes(stack.Problem.M, stack.Problem.N, stack.Problem.K) + 4095) & ~4095;
        using Scratch scratch = workers.Rent(bytes * workers.Threads);
        workers.For(
            (stack.Count + stack.Each - 1) / stack.Each,
            new StackedGemmJob<T, TVector, TSimd> { stack = stack, scratch = scratch.Pointer, scratchBytes = bytes });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        byte* own = scratch + (participant * scratchBytes);
        for (int i = index * stack.Each; i < Math.Min(stack.Count, (index + 1) * stack.Each); i++)
        {
            GemmProblem<T> problem = stack.Problem with { A = stack.Problem.A + stack.OffsetsA[i], C = stack.Problem.C + stack.OffsetsC[i] };
            GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.Run(
                problem, new MatrixPanel<T>(stack.B + stack.OffsetsB[i], stack.Ldb, stack.TransposeB), 0, problem.M, 0, problem.N, own);
        }
    }
}
