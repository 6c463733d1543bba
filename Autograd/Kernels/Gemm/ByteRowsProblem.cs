using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The sizes and operands of a product of bytes (<see cref="ByteRows"/>), by pointers.</summary>
internal unsafe struct ByteRowsProblem
{
    /// <summary>Rows of A and C.</summary>
    public int M;

    /// <summary>Columns of B and C.</summary>
    public int N;

    /// <summary>Columns of A and rows of B.</summary>
    public int K;

    /// <summary>A.</summary>
    public byte* A;

    /// <summary>What is added to elements of A: 128 where they are signed.</summary>
    public int ShiftA;

    /// <summary>What was taken from elements of B: 128 where they are unsigned.</summary>
    public int ShiftB;

    /// <summary>The rows of A as kernels broadcast them.</summary>
    public int* Factors;

    /// <summary>The distance between these.</summary>
    public int FactorStep;

    /// <summary>Whether four bytes are multiplied at once.</summary>
    public bool IsWhole;

    /// <summary>The sums of the rows of A, shifted.</summary>
    public int* Sums;

    /// <summary>A zero point for each row of A, or null for zeros.</summary>
    public int* ZerosA;

    /// <summary>A zero point for each column of B, or null for zeros.</summary>
    public int* ZerosB;

    /// <summary>C.</summary>
    public int* C;

    /// <summary>Turns products of shifted elements into those of elements less their zero points: Σ (a − y)·(b − z) = Σ a·b − y·Σ b + z·(k·y − Σ a), all of them shifted.</summary>
    /// <param name="row">The row of C.</param>
    /// <param name="column">The first column.</param>
    /// <param name="count">The columns.</param>
    /// <param name="columnSums">The sums of all columns of B, shifted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Correct(int row, int column, int count, int* columnSums)
    {
        int* c = C + ((nint)row * N) + column, zeros = ZerosB is null ? null : ZerosB + column;
        columnSums += column;
        int y = (ZerosA is null ? 0 : ZerosA[row]) + ShiftA, rest = (K * y) - Sums[row], shift = ShiftB * rest, j = 0;
        for (; j <= count - Vector256<int>.Count; j += Vector256<int>.Count)
        {
            Vector256<int> x = Vector256.Load(c + j) - (Vector256.Load(columnSums + j) * y) - Vector256.Create(shift);
            if (zeros is not null)
                x += Vector256.Load(zeros + j) * rest;
            x.Store(c + j);
        }

        for (; j < count; j++)
            c[j] += ((zeros is null ? 0 : zeros[j]) * rest) - (columnSums[j] * y) - shift;
    }
}

/// <summary>Brings some rows of A into the order in which kernels broadcast them, and sums them up.</summary>
internal unsafe struct ByteFactors : IJob
{
    public ByteRowsProblem Problem;
    public int Parts;

    public readonly void Execute(int index, int participant)
    {
        for (int i = (int)((long)index * Problem.M / Parts); i < (int)((index + 1L) * Problem.M / Parts); i++)
            Problem.Sums[i] = Factors(Problem.A + ((nint)i * Problem.K), Problem.K, Problem.ShiftA, Problem.IsWhole, (byte*)(Problem.Factors + ((nint)i * Problem.FactorStep)));
    }

    // Four elements of a row as the kernel broadcasts them; gives the sum of all.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Factors(byte* row, int k, int flip, bool isWhole, byte* to)
    {
        int sum = 0, p = 0;
        if (isWhole)
        {
            Vector128<byte> flips = Vector128.Create((byte)flip);
            Vector128<ushort> pairs = Vector128<ushort>.Zero;
            Vector128<uint> sums = Vector128<uint>.Zero;
            for (; p <= k - Vector128<byte>.Count; p += Vector128<byte>.Count)
            {
                Vector128<byte> x = Vector128.Load(row + p) ^ flips;
                x.Store(to + p);
                pairs = Vector128.WidenLower(x) + Vector128.WidenUpper(x);
                sums += Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
            }

            sum = (int)Vector128.Sum(sums);
            for (; p < k; p++)
                sum += to[p] = (byte)(row[p] ^ flip);
            for (; p % 4 != 0; p++)
                to[p] = 0;
            return sum;
        }

        // Even ones in the first two places of 16 bits, odd ones in the others.
        for (ushort* place = (ushort*)to; p < k; p += 4, place += 4)
        {
            for (int i = 0; i < 4; i++)
            {
                ushort x = p + i < k ? (ushort)(row[p + i] ^ flip) : (ushort)0;
                place[((i & 1) * 2) + (i >> 1)] = x;
                sum += x;
            }
        }

        return sum;
    }
}
