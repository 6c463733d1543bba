using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// One reduction, cut into pieces: a piece reduces a range of terms for a range of outputs. If terms are cut too, partial results go
/// to scratch memory and are joined pairwise afterwards.
/// </summary>
internal unsafe struct ReductionJob<T, TReducer> : IJob
    where T : unmanaged, INumber<T>
    where TReducer : struct, IReducer<T>
{
    // Terms that are joined one after the other before the pairwise cascade takes over, per lane.
    private const int Run1 = 128;

    // Terms of one piece when a few outputs have many.
    private const long PieceTerms = 32768;

    // Columns that are reduced together when the innermost axis is kept.
    private const int TileColumns = 512;

    private ReductionAxes axes;
    private T* x;
    private T* partial;
    private long pieceOutputs;
    private long outputPieces;
    private long pieceTerms;

    public static void Run(in ReductionAxes axes, ReadOnlySpan<T> x, Span<T> y, Workers workers)
    {
        if (axes.Outputs == 0)
            return;
        if (axes.Terms == 0)
        {
            y[..(int)axes.Outputs].Fill(TReducer.Identity);
            return;
        }

        // The cut depends on the shape alone. Outputs are cut so that a piece has some ten thousand elements, terms only if one
        // output alone exceeds that.
        long run = axes.InnerReduced ? axes.ReducedSizes[0] : 1;
        long lines = axes.Terms / run;
        long perOutput = axes.InnerReduced ? axes.Terms : axes.Terms * Math.Min(axes.Outputs, TileColumns);
        long termPieces = Math.Clamp(perOutput / PieceTerms, 1, lines == 1 ? (run + PieceTerms - 1) / PieceTerms : lines);
        ReductionJob<T, TReducer> job = new() { axes = axes };
        if (lines == 1)
            job.pieceTerms = (run + termPieces - 1) / termPieces;
        else
            job.pieceTerms = (lines + termPieces - 1) / termPieces * run;
        termPieces = (axes.Terms + job.pieceTerms - 1) / job.pieceTerms;
        job.pieceOutputs = axes.InnerReduced ? Math.Max(1, PieceTerms / axes.Terms) : TileColumns;
        job.outputPieces = (axes.Outputs + job.pieceOutputs - 1) / job.pieceOutputs;
        int pieces = checked((int)(job.outputPieces * termPieces));
        fixed (T* px = x, py = y)
        {
            job.x = px;
            if (termPieces == 1)
            {
                job.partial = py;
                workers.For(pieces, job);
                return;
            }

            using Scratch scratch = workers.Rent(termPieces * axes.Outputs * sizeof(T));
            job.partial = (T*)scratch.Pointer;
            workers.For(pieces, job);
            for (long i = 0; i < axes.Outputs; i++)
            {
                Cascade<T, TReducer> cascade = default;
                for (long piece = 0; piece < termPieces; piece++)
                    cascade.Add(job.partial[(piece * axes.Outputs) + i]);
                py[i] = cascade.Total();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int index, int participant)
    {
        long termPiece = index / outputPieces, outputPiece = index % outputPieces;
        long term = termPiece * pieceTerms, terms = Math.Min(pieceTerms, axes.Terms - term);
        long output = outputPiece * pieceOutputs, outputs = Math.Min(pieceOutputs, axes.Outputs - output);
        T* y = partial + (termPiece * axes.Outputs) + output;
        if (axes.InnerReduced)
        {
            for (long i = 0; i < outputs; i++)
                y[i] = Line(output + i, term, terms);
        }
        else
        {
            Columns(output, (int)outputs, term, terms, y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T Line(long output, long term, long terms)
    {
        T* x = this.x + axes.KeptOffset(output);
        int size = axes.ReducedSizes[0];
        Cascade<T, TReducer> cascade = default;
        for (long end = term + terms; term < end;)
        {
            long position = term % size;
            long run = Math.Min(end - term, size - position);
            T* line = x + axes.ReducedOffset(term / size, skip: 1) + position;
            term += run;
            int block = 4 * Vector<T>.Count * Run1;
            for (; run > 0; run -= block, line += block)
                cascade.Add(Block(line, (int)Math.Min(run, block)));
        }

        return cascade.Total();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Block(T* x, int count)
    {
        T total;
        int i = 0, lanes = Vector<T>.Count;
        if (count >= 4 * lanes)
        {
            Vector<T> a = Vector.Load(x), b = Vector.Load(x + lanes);
            Vector<T> c = Vector.Load(x + (2 * lanes)), d = Vector.Load(x + (3 * lanes));
            for (i = 4 * lanes; i <= count - (4 * lanes); i += 4 * lanes)
            {
                a = TReducer.Combine(a, Vector.Load(x + i));
                b = TReducer.Combine(b, Vector.Load(x + i + lanes));
                c = TReducer.Combine(c, Vector.Load(x + i + (2 * lanes)));
                d = TReducer.Combine(d, Vector.Load(x + i + (3 * lanes)));
            }

            a = TReducer.Combine(TReducer.Combine(a, b), TReducer.Combine(c, d));
            total = a[0];
            for (int lane = 1; lane < lanes; lane++)
                total = TReducer.Combine(total, a[lane]);
        }
        else
        {
            total = x[i++];
        }

        for (; i < count; i++)
            total = TReducer.Combine(total, x[i]);
        return total;
    }

    // The innermost axis is kept: neighbouring outputs are neighbours in the input, so whole vectors of them advance together.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Columns(long output, int outputs, long term, long terms, T* y)
    {
        int size = axes.KeptCount == 0 ? 1 : axes.KeptSizes[0];
        while (outputs > 0)
        {
            int position = (int)(output % size);
            int run = Math.Min(outputs, size - position);
            T* x = this.x + position + axes.KeptOffset(output / size, skip: 1);
            ColumnTile(x, run, term, terms, y);
            output += run;
            outputs -= run;
            y += run;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ColumnTile(T* x, int columns, long term, long terms, T* y)
    {
        if (axes.ReducedCount == 1 && terms <= Run1)
        {
            Strided(x + (term * (nint)axes.ReducedStrides[0]), (int)terms, y, columns);
            return;
        }

        // One row per level of the cascade; row 0 gathers the current block.
        int levels = BitOperations.Log2((ulong)((terms + Run1 - 1) / Run1)) + 2;
        T* rows = stackalloc T[Math.Max(1, levels) * TileColumns];
        ulong blocks = 0;
        for (long end = term + terms; term < end; blocks++)
        {
            long stop = Math.Min(end, term + Run1);
            if (axes.ReducedCount == 1)
            {
                Strided(x + (term * (nint)axes.ReducedStrides[0]), (int)(stop - term), rows, columns);
                term = stop;
            }
            else
            {
                Start(x + axes.ReducedOffset(term++), rows, columns);
                for (; term < stop; term++)
                    Accumulate(x + axes.ReducedOffset(term), rows, columns);
            }

            int level = 1;
            for (ulong carry = blocks; (carry & 1) != 0; carry >>= 1, level++)
                Join(rows + (level * TileColumns), rows, columns);
            new ReadOnlySpan<T>(rows, columns).CopyTo(new Span<T>(rows + (level * TileColumns), columns));
        }

        bool any = false;
        int from = 1;
        for (ulong rest = blocks; rest != 0; rest >>= 1, from++)
        {
            if ((rest & 1) == 0)
                continue;
            if (any)
                Join(rows + (from * TileColumns), y, columns);
            else
                new ReadOnlySpan<T>(rows + (from * TileColumns), columns).CopyTo(new Span<T>(y, columns));
            any = true;
        }
    }

    // Rows at equal distances: the results stay in registers from the first to the last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Strided(T* x, int rows, T* y, int columns)
    {
        nint stride = (nint)axes.ReducedStrides[0];
        int j = 0, lanes = Vector<T>.Count;
        for (; j <= columns - (4 * lanes); j += 4 * lanes)
            FourVectors(x + j, stride, rows, y + j);
        for (; j <= columns - lanes; j += lanes)
        {
            Vector<T> total = Vector.Load(x + j);
            for (int row = 1; row < rows; row++)
                total = TReducer.Combine(total, Vector.Load(x + j + (row * stride)));
            total.Store(y + j);
        }

        for (; j < columns; j++)
        {
            T total = x[j];
            for (int row = 1; row < rows; row++)
                total = TReducer.Combine(total, x[j + (row * stride)]);
            y[j] = total;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourVectors(T* x, nint stride, int rows, T* y)
    {
        int lanes = Vector<T>.Count;
        Vector<T> a = Vector.Load(x), b = Vector.Load(x + lanes);
        Vector<T> c = Vector.Load(x + (2 * lanes)), d = Vector.Load(x + (3 * lanes));
        for (int row = 1; row < rows; row++)
        {
            x += stride;
            a = TReducer.Combine(a, Vector.Load(x));
            b = TReducer.Combine(b, Vector.Load(x + lanes));
            c = TReducer.Combine(c, Vector.Load(x + (2 * lanes)));
            d = TReducer.Combine(d, Vector.Load(x + (3 * lanes)));
        }

        a.Store(y);
        b.Store(y + lanes);
        c.Store(y + (2 * lanes));
        d.Store(y + (3 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Start(T* x, T* sums, int columns)
    {
        for (int j = 0; j < columns; j++)
            sums[j] = x[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate(T* x, T* sums, int columns)
    {
        int j = 0, lanes = Vector<T>.Count;
        for (; j <= columns - lanes; j += lanes)
            TReducer.Combine(Vector.Load(sums + j), Vector.Load(x + j)).Store(sums + j);
        for (; j < columns; j++)
            sums[j] = TReducer.Combine(sums[j], x[j]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join(T* earlier, T* sums, int columns)
    {
        for (int j = 0; j < columns; j++)
            sums[j] = TReducer.Combine(earlier[j], sums[j]);
    }
}
