using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Products of bytes by a constant matrix of bytes, which stays in bytes: for one row memory is read from end to end, at the pace of the cache that holds it, a quarter of what a product of float32 reads.
/// Elements of the rows are taken as uint8, those of the matrix as int8, by a shift of 128 where they are not; what zero points and shifts add is made of the sums of rows and columns.
/// </summary>
internal static unsafe class ByteRows
{
    // Where bytes have to be widened for every four rows anew, more rows are better off with a matrix that was widened once (ByteProduct).
    private const int Few = 6;

    private const int SmallestPart = 64 * 1024;

    /// <summary>Whether a product of a number of rows is better off here.</summary>
    public static bool Suits(SimdWidth width, int m) => m <= Few || Kind(width) == QuadKind.Whole;

    /// <summary>The matrix, [k, n], as products read it.</summary>
    /// <remarks>First the sum of each column, in int32. Then blocks of columns, eight vectors wide, the last one in whole pairs of vectors: of each block four rows after four rows, of these four column after column.</remarks>
    public static Storage Pack(SimdWidth width, Value b)
    {
        Storage packed = Kind(width) switch
        {
            QuadKind.Whole => ByteRowsJob<Vector256<int>, WholeQuads>.Pack(b),
            QuadKind.Half512 => ByteRowsJob<Vector512<int>, HalfQuads512>.Pack(b),
            QuadKind.Half256 => ByteRowsJob<Vector256<int>, HalfQuads256>.Pack(b),
            _ => ByteRowsJob<Vector128<int>, HalfQuads128>.Pack(b),
        };
        GC.KeepAlive(b);
        return packed;
    }

    /// <summary>Computes one product; see <see cref="ByteProduct.Multiply"/>.</summary>
    public static void Multiply(
        SimdWidth width, (int M, int N, int K) sizes, (nint Address, bool IsSigned) a, ReadOnlySpan<int> zeroA, bool isSignedB, ReadOnlySpan<int> zeroB, Span<int> c, Storage packed, Workers workers)
    {
        (int m, int n, int k) = sizes;
        if (m == 0 || n == 0)
            return;
        bool isWhole = Kind(width) == QuadKind.Whole;
        int step = (k + 3) / 4 * (isWhole ? 1 : 2);
        using Scratch factors = workers.Rent((long)m * step * sizeof(int)), sums = workers.Rent((long)m * sizeof(int));
        fixed (int* result = c, zerosA = zeroA, zerosB = zeroB)
        {
            ByteRowsProblem problem = new()
            {
                M = m,
                N = n,
                K = k,
                A = (byte*)a.Address,
                ShiftA = a.IsSigned ? 128 : 0,
                ShiftB = isSignedB ? 0 : 128,
                Factors = (int*)factors.Pointer,
                FactorStep = step,
                IsWhole = isWhole,
                Sums = (int*)sums.Pointer,
                ZerosA = zerosA,
                ZerosB = zerosB,
                C = result,
            };
            workers.For((int)Math.Min(m, ((long)m * k / SmallestPart) + 1), new ByteFactors { Problem = problem, Parts = (int)Math.Min(m, ((long)m * k / SmallestPart) + 1) });
            switch (Kind(width))
            {
                case QuadKind.Whole: ByteRowsJob<Vector256<int>, WholeQuads>.Run(problem, packed, workers); break;
                case QuadKind.Half512: ByteRowsJob<Vector512<int>, HalfQuads512>.Run(problem, packed, workers); break;
                case QuadKind.Half256: ByteRowsJob<Vector256<int>, HalfQuads256>.Run(problem, packed, workers); break;
                default: ByteRowsJob<Vector128<int>, HalfQuads128>.Run(problem, packed, workers); break;
            }
        }
    }

    private static QuadKind Kind(SimdWidth width) => SimdWidths.Compiled(width) switch
    {
        SimdWidth.Vector512 or SimdWidth.Vector256 when AvxVnni.IsSupported => QuadKind.Whole,
        SimdWidth.Vector512 => QuadKind.Half512,
        SimdWidth.Vector256 => QuadKind.Half256,
        _ => QuadKind.Half128,
    };

    private enum QuadKind
    {
        Whole,
        Half512,
        Half256,
        Half128,
    }
}
