using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>A block of columns of some rows of a product of bytes (<see cref="ByteRows"/>).</summary>
internal unsafe struct ByteRowsJob<TVector, TSimd> : IJob
    where TVector : struct
    where TSimd : struct, IQuadSimd<TVector>
{
    // Below this many elements of the matrix per part, handing it over costs more than it saves.
    private const int SmallestPart = 128 * 1024;

    private ByteRowsProblem problem;
    private int quads;
    private int* columnSums;
    private sbyte* packed;
    private int blocks;
    private int bands;
    private int parts;

    private static int BlockColumns => 8 * TSimd.Count;

    private static int Unit => 2 * TSimd.Count;

    public static Storage Pack(Value b)
    {
        (int k, int n) = (b.Sizes[0], b.Sizes[1]);
        int quads = (k + 3) / 4;
        Storage packed = new(SumBytes(n) + ((long)quads * 4 * Whole(n)));
        Fill((byte*)b.Address, b.DType == DType.Int8 ? 0 : 128, k, n, (int*)packed.Address, (sbyte*)packed.Address + SumBytes(n));
        return packed;
    }

    public static void Run(in ByteRowsProblem problem, Storage packed, Workers workers)
    {
        int blocks = (problem.N + BlockColumns - 1) / BlockColumns, threads = workers.Threads;
        long most = Math.Max(1, (long)problem.M * problem.N * problem.K / SmallestPart);

        // Many rows are cut in whole tiles, so that every thread gets some parts.
        int bands = threads == 1 ? 1 : (int)Math.Clamp(Math.Min(most, 4L * threads) / blocks, 1, (problem.M + Four.Rows - 1) / Four.Rows);
        workers.For(
            (int)Math.Min(most, threads == 1 ? 1 : (long)blocks * bands),
            new ByteRowsJob<TVector, TSimd>
            {
                problem = problem,
                quads = (problem.K + 3) / 4,
                columnSums = (int*)packed.Address,
                packed = (sbyte*)packed.Address + SumBytes(problem.N),
                blocks = blocks,
                bands = bands,
                parts = (int)Math.Min(most, threads == 1 ? 1 : (long)blocks * bands),
            });
    }

    public readonly void Execute(int index, int participant)
    {
        int all = blocks * bands, tiles = (problem.M + Four.Rows - 1) / Four.Rows;
        for (int i = (int)((long)index * all / parts); i < (int)((index + 1L) * all / parts); i++)
        {
            int band = i % bands;
            Block(i / bands * BlockColumns, (int)((long)band * tiles / bands) * Four.Rows, Math.Min(problem.M, (int)((band + 1L) * tiles / bands) * Four.Rows));
        }
    }

    private readonly void Block(int column, int first, int last)
    {
        int columns = Math.Min(BlockColumns, Whole(problem.N - column)), row = first;
        sbyte* from = packed + ((nint)column * quads * 4);
        for (; row <= last - Four.Rows; row += Four.Rows)
            Rows<Four>(row, column, columns, from);
        for (; row <= last - Two.Rows; row += Two.Rows)
            Rows<Two>(row, column, columns, from);
        for (; row < last; row++)
            Rows<One>(row, column, columns, from);
    }

    private static long SumBytes(int n) => (((long)n * sizeof(int)) + 63) & ~63;

    private static int Whole(int columns) => (columns + Unit - 1) / Unit * Unit;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(byte* b, int flip, int k, int n, int* sums, sbyte* to)
    {
        for (int column = 0; column < n; column += BlockColumns)
        {
            int columns = Math.Min(BlockColumns, Whole(n - column)), filled = Math.Min(columns, n - column);
            for (int p = 0; p < k; p++)
            {
                sbyte* place = to + ((nint)(p / 4) * columns * 4) + (p % 4);
                byte* row = b + ((nint)p * n) + column;
                for (int j = 0; j < filled; j++)
                    sums[column + j] += place[4 * j] = (sbyte)(row[j] ^ flip);
            }

            to += (nint)((k + 3) / 4) * columns * 4;
        }
    }

    private readonly void Rows<TShape>(int row, int column, int columns, sbyte* from)
        where TShape : struct, IShape
    {
        int n = problem.N, step = columns * 4, wide = TShape.Vectors * TSimd.Count, j = 0;
        int* own = stackalloc int[TShape.Rows * Unit], c = problem.C + ((nint)row * n) + column, factors = problem.Factors + ((nint)row * problem.FactorStep);
        for (; j <= columns - wide && column + j + wide <= n; j += wide)
            Tile<TShape>(quads, factors, problem.FactorStep, from + (j * 4), step, c + j, n);
        for (; j < columns; j += Unit)
        {
            int count = Math.Min(Unit, n - column - j);
            int* to = c + j;
            bool isWhole = count == Unit;
            if (TShape.Rows == 1)
                Tile<Slim>(quads, factors, problem.FactorStep, from + (j * 4), step, isWhole ? to : own, isWhole ? n : Unit);
            else if (TShape.Rows == 2)
                Tile<SlimTwo>(quads, factors, problem.FactorStep, from + (j * 4), step, isWhole ? to : own, isWhole ? n : Unit);
            else
                Tile<Four>(quads, factors, problem.FactorStep, from + (j * 4), step, isWhole ? to : own, isWhole ? n : Unit);
            for (int r = 0; r < TShape.Rows && !isWhole; r++)
                new ReadOnlySpan<int>(own + (r * Unit), count).CopyTo(new Span<int>(to + ((nint)r * n), count));
        }

        for (int r = 0; r < TShape.Rows; r++)
            problem.Correct(row + r, column, Math.Min(columns, n - column), columnSums);
    }

    // Eight sums hide how long each addition takes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TShape>(int quads, int* a, nint aRow, sbyte* b, nint step, int* c, nint ldc)
        where TShape : struct, IShape
    {
        int bytes = TSimd.Count * sizeof(int), count = TSimd.Count;
        nint pace = TSimd.IsWhole ? 1 : 2;
        TVector s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero, s4 = TSimd.Zero, s5 = TSimd.Zero, s6 = TSimd.Zero, s7 = TSimd.Zero;
        for (int q = 0; q < quads; q++, a += pace, b += step)
        {
            TVector even = TSimd.Broadcast(a[0]), odd = TSimd.IsWhole ? TSimd.Zero : TSimd.Broadcast(a[1]), b0 = TSimd.Load(b), b1 = TSimd.Load(b + bytes);
            s0 = TSimd.Add(s0, even, odd, b0);
            s1 = TSimd.Add(s1, even, odd, b1);
            if (TShape.Vectors > 2)
            {
                TVector b2 = TSimd.Load(b + (2 * bytes)), b3 = TSimd.Load(b + (3 * bytes));
                s2 = TSimd.Add(s2, even, odd, b2);
                s3 = TSimd.Add(s3, even, odd, b3);
                if (TShape.Rows > 1)
                {
                    (even, odd) = (TSimd.Broadcast(a[aRow]), TSimd.IsWhole ? TSimd.Zero : TSimd.Broadcast(a[aRow + 1]));
                    s4 = TSimd.Add(s4, even, odd, b0);
                    s5 = TSimd.Add(s5, even, odd, b1);
                    s6 = TSimd.Add(s6, even, odd, b2);
                    s7 = TSimd.Add(s7, even, odd, b3);
                }
                else
                {
                    s4 = TSimd.Add(s4, even, odd, TSimd.Load(b + (4 * bytes)));
                    s5 = TSimd.Add(s5, even, odd, TSimd.Load(b + (5 * bytes)));
                    s6 = TSimd.Add(s6, even, odd, TSimd.Load(b + (6 * bytes)));
                    s7 = TSimd.Add(s7, even, odd, TSimd.Load(b + (7 * bytes)));
                }

                continue;
            }

            if (TShape.Rows > 1)
            {
                (even, odd) = (TSimd.Broadcast(a[aRow]), TSimd.IsWhole ? TSimd.Zero : TSimd.Broadcast(a[aRow + 1]));
                s2 = TSimd.Add(s2, even, odd, b0);
                s3 = TSimd.Add(s3, even, odd, b1);
            }

            if (TShape.Rows > 2)
            {
                (even, odd) = (TSimd.Broadcast(a[2 * aRow]), TSimd.IsWhole ? TSimd.Zero : TSimd.Broadcast(a[(2 * aRow) + 1]));
                s4 = TSimd.Add(s4, even, odd, b0);
                s5 = TSimd.Add(s5, even, odd, b1);
                (even, odd) = (TSimd.Broadcast(a[3 * aRow]), TSimd.IsWhole ? TSimd.Zero : TSimd.Broadcast(a[(3 * aRow) + 1]));
                s6 = TSimd.Add(s6, even, odd, b0);
                s7 = TSimd.Add(s7, even, odd, b1);
            }
        }

        TSimd.Store(s0, Place<TShape>(c, 0, count, ldc));
        TSimd.Store(s1, Place<TShape>(c, 1, count, ldc));
        if (TShape.Rows * TShape.Vectors > 2)
        {
            TSimd.Store(s2, Place<TShape>(c, 2, count, ldc));
            TSimd.Store(s3, Place<TShape>(c, 3, count, ldc));
        }

        if (TShape.Rows * TShape.Vectors > 4)
        {
            TSimd.Store(s4, Place<TShape>(c, 4, count, ldc));
            TSimd.Store(s5, Place<TShape>(c, 5, count, ldc));
            TSimd.Store(s6, Place<TShape>(c, 6, count, ldc));
            TSimd.Store(s7, Place<TShape>(c, 7, count, ldc));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int* Place<TShape>(int* c, int sum, int count, nint ldc)
        where TShape : struct, IShape => c + (sum / TShape.Vectors * ldc) + (sum % TShape.Vectors * count);

    private interface IShape
    {
        static abstract int Rows { get; }

        static abstract int Vectors { get; }
    }

    private readonly struct One : IShape
    {
        public static int Rows => 1;

        public static int Vectors => 8;
    }

    private readonly struct Two : IShape
    {
        public static int Rows => 2;

        public static int Vectors => 4;
    }

    private readonly struct Four : IShape
    {
        public static int Rows => 4;

        public static int Vectors => 2;
    }

    private readonly struct Slim : IShape
    {
        public static int Rows => 1;

        public static int Vectors => 2;
    }

    private readonly struct SlimTwo : IShape
    {
        public static int Rows => 2;

        public static int Vectors => 2;
    }
}
