using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Blocked matrix multiplication for one thread (Goto and van de Geijn 2008, Anatomy of High-Performance Matrix Multiplication): a
/// block of A stays in the second-level cache, a sliver of B in the first, the tile's sums in registers.
/// </summary>
/// <remarks>
/// k is cut into blocks that depend on k alone, and within a block every element of C is one chain of multiply-adds. So an element's
/// bits do not depend on which part of C is computed together.
/// </remarks>
internal static unsafe class GemmBlocks<T, TVector, TSimd, TSource>
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TSource : unmanaged, IPanelSource<T>
{
    private const int ColumnLimit = 4096;

    // A left operand of this size stays in the first-level cache as it lies, beside a sliver of B.
    private const int NearBytes = 16 * 1024;

    /// <summary>Gets the columns of a tile.</summary>
    public static int Width => 2 * TSimd.Count;

    // A packed panel of the left operand is read by every sliver of the right one; for so few packing costs more than it saves.
    private const int FewSlivers = 2;

    private static int SumsCount => 12 * Width;

    private static int RowLimit => 768 / sizeof(T);

    // A panel of A must stay in the first-level cache. A narrow sliver of B stays there beside it; a wide one comes from the second level anyway.
    private static int DepthLimit => (TSimd.Count * sizeof(T) == 64 ? 2048 : 1536) / sizeof(T);

    /// <summary>Bytes of scratch memory that <see cref="Run"/> needs for a part of at most the given size.</summary>
    public static long ScratchBytes(int rows, int columns, int k)
    {
        int depth = Depth(k);
        long left = (long)Math.Min(RoundUp(Math.Min(rows, RowLimit), TSimd.MaxRows), RowLimit) * depth;
        long right = (rows > RowLimit || k <= ShortSums<T, TVector, TSimd>.Longest ? RoundUp(Math.Min(columns, ColumnLimit), Width) : Width) * (long)depth;
        return (SumsCount + Aligned(left) + Aligned(right)) * sizeof(T);
    }

    /// <summary>Elements that <see cref="Pack"/> writes.</summary>
    public static long PackedCount(int k, int n) => k * (((long)n + Width - 1) / Width * Width);

    /// <summary>Packs a whole right operand, [k, n], once for many products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(in TSource source, int k, int n, T* destination)
    {
        int depth = Depth(k);
        for (int p = 0; p < k; p += depth)
        {
            int count = Math.Min(depth, k - p);
            for (int j = 0, width; j < n; j += width, destination += (nint)count * Width)
                source.Pack(p, count, j, width = Math.Min(Width, n - j), Width, destination);
        }
    }

    /// <summary>Rows of the right operand in a block: they follow from k alone.</summary>
    public static int Depth(int k)
    {
        int blocks = k <= DepthLimit ? 1 : ((k - 1) / DepthLimit) + 1;
        return RoundUp((int)(((long)k + blocks - 1) / blocks), 8);
    }

    /// <summary>Computes rows [row, row + rows) and columns [column, column + columns) of C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in GemmProblem<T> problem, in TSource source, int row, int rows, int column, int columns, byte* scratch)
    {
        int depth = Depth(problem.K);
        int rowBlock = RowBlock(rows);
        bool keep = rows > RowLimit;
        T* sums = (T*)scratch, left = sums + SumsCount;
        T* right = left + Aligned((long)rowBlock * depth);
        int lastColumn = column + columns, lastRow = row + rows;
        for (int j = column, width; j < lastColumn; j += width)
        {
            width = Math.Min(ColumnLimit, lastColumn - j);
            int p = 0;
            do
            {
                int count = Math.Min(depth, problem.K - p);
                bool last = p + count >= problem.K;
                GemmTarget<T> target = new()
                {
                    Ldc = problem.Ldc,
                    ColumnBias = last ? problem.ColumnBias : null,
                    RowBias = last ? problem.RowBias : null,
                    Alpha = problem.Alpha,
                    Beta = p == 0 ? problem.Beta : T.One,
                    Reads = p > 0 || problem.Beta != T.Zero,
                    Relu = last && problem.Relu,
                    Sums = sums,
                };
                target.Merges = target.Reads || target.Alpha != T.One || target.ColumnBias is not null || target.RowBias is not null || target.Relu;
                int done = target.Reads ? 0 : Short(problem, source, target, row, rows, j, width, right);
                if (done == width)
                    break;
                for (int i = row, height; i < lastRow; i += height)
                {
                    height = Math.Min(rowBlock, lastRow - i);
                    GemmLeft<T> from = Left(problem, i, height, p, count, columns, left);
                    Block(problem.C, source, target, i, height, j + done, width - done, p, count, from, right, i == row, keep);
                }

                p += count;
            }
            while (p < problem.K);
        }
    }

    // Whole slivers of a product with short sums; gives how many columns are done.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Short(in GemmProblem<T> problem, in TSource source, GemmTarget<T> target, int row, int rows, int column, int columns, T* right)
    {
        int slivers = problem.K is > 0 and <= ShortSums<T, TVector, TSimd>.Longest ? columns / Width : 0;
        if (slivers == 0)
            return 0;
        T* packed = source.Packed(0, problem.K, column);
        for (int s = 0; s < slivers && packed is null; s++)
            source.Pack(0, problem.K, column + (s * Width), Width, Width, right + ((nint)s * Width * problem.K));
        target.C = problem.C + (row * problem.Ldc) + column;
        target.ColumnBias = target.ColumnBias is null ? null : target.ColumnBias + column;
        target.RowBias = target.RowBias is null ? null : target.RowBias + row;
        nint aRow = problem.TransposeA ? 1 : problem.Lda, aColumn = problem.TransposeA ? problem.Lda : 1;
        ShortSums<T, TVector, TSimd>.Run(problem.K, rows, slivers, problem.A + (row * aRow), aRow, aColumn, packed is null ? right : packed, target);
        return slivers * Width;
    }

    private static void Block(
        T* c,
        in TSource source,
        in GemmTarget<T> template,
        int row,
        int rows,
        int column,
        int columns,
        int p,
        int count,
        in GemmLeft<T> left,
        T* right,
        bool fresh,
        bool keep)
    {
        GemmTarget<T> target = template;
        GemmPanels panels = new(rows, TSimd.MaxRows);
        for (int j = 0; j < columns; j += Width)
        {
            int width = Math.Min(Width, columns - j);
            T* sliver = source.Packed(p, count, column + j);
            T* direct = null;
            nint step = 0;
            bool near = false;
            if (sliver is null)
            {
                // A sliver that stays in the first-level cache as it lies is read there; of another the first tile packs what it reads, if it can.
                sliver = right + ((nint)(keep ? j : 0) * count);
                if (width == Width)
                    direct = source.Direct(p, count, column + j, out step);
                near = direct is not null && (panels.Count == 1 || IsNear(count, step));
                if (!near && (!fresh || left.InPlace))
                    direct = null;
                if (direct is null && fresh)
                    source.Pack(p, count, column + j, width, Width, sliver);
            }

            GemmAhead<T> ahead = default;
            int following = Math.Min(Width, columns - j - Width);
            if (following > 0)
            {
                ahead = fresh || near ? source.Ahead(p, count, column + j + Width, following) : new(sliver + ((nint)Width * count), 0, 1, Width * count);
                int groups = panels.Count * ((count + GemmTile.Group - 1) / GemmTile.Group);
                ahead.Burst = (ahead.Lines + groups - 1) / groups;
            }

            int i = row;
            for (int index = 0; index < panels.Count; index++)
            {
                int h = panels.Height(index, i - row);
                T* panel = left.Panel(i - row, count);
                nint panelStep = left.Step(h);
                target.C = c + (i * target.Ldc) + column + j;
                int nextColumn = index + 1 < panels.Count ? j : j + Width, nextRow = index + 1 < panels.Count ? i + h : row;
                target.Ahead = nextColumn + Width <= columns ? new(c + (nextRow * target.Ldc) + column + nextColumn, target.Ldc, h, Width) : default;
                target.ColumnBias = template.ColumnBias is null ? null : template.ColumnBias + column + j;
                target.RowBias = template.RowBias is null ? null : template.RowBias + i;
                if (direct is not null && left.InPlace)
                {
                    GemmTile.Run<T, TVector, TSimd, StridedInPlace>(h, count, panel, panelStep, direct, step, null, null, ref ahead, &target);
                }
                else if (direct is not null && near)
                {
                    GemmTile.Run<T, TVector, TSimd, Strided>(h, count, panel, panelStep, direct, step, null, null, ref ahead, &target);
                }
                else if (direct is not null)
                {
                    GemmTile.Run<T, TVector, TSimd, Yes>(h, count, panel, panelStep, direct, step, null, sliver, ref ahead, &target);
                    direct = null;
                }
                else if (width == Width || width == TSimd.Count)
                {
                    Tile(h, width, count, left.InPlace, panel, panelStep, sliver, ref ahead, &target);
                }
                else
                {
                    Narrow(h, width, count, left.InPlace, panel, panelStep, sliver, ref ahead, target);
                }

                i += h;
            }
        }
    }

    // Rows a page apart would share a cache set.
    private static bool IsNear(int count, nint step) => count * Width * sizeof(T) <= NearBytes && step * sizeof(T) % 4096 != 0;

    // A narrow tile goes through copies of full width, so that its elements see the same instructions as all others.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(int rows, int columns, int count, bool inPlace, T* panel, nint panelStep, T* sliver, ref GemmAhead<T> ahead, GemmTarget<T> target)
    {
        T* c = stackalloc T[12 * Width];
        T* bias = stackalloc T[Width];
        GemmTarget<T> copy = target;
        copy.C = c;
        copy.Ldc = Width;
        if (target.ColumnBias is not null)
        {
            new ReadOnlySpan<T>(target.ColumnBias, columns).CopyTo(new Span<T>(bias, columns));
            copy.ColumnBias = bias;
        }

        if (target.Reads)
        {
            for (int r = 0; r < rows; r++)
                new ReadOnlySpan<T>(target.C + (r * target.Ldc), columns).CopyTo(new Span<T>(c + (r * Width), columns));
        }

        Tile(rows, columns, count, inPlace, panel, panelStep, sliver, ref ahead, &copy);
        for (int r = 0; r < rows; r++)
            new ReadOnlySpan<T>(c + (r * Width), columns).CopyTo(new Span<T>(target.C + (r * target.Ldc), columns));
    }

    // A tile by a packed sliver; one vector of columns is enough for few.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(int rows, int columns, int count, bool inPlace, T* panel, nint panelStep, T* sliver, ref GemmAhead<T> ahead, GemmTarget<T>* target)
    {
        if (inPlace && columns > TSimd.Count)
            GemmTile.Run<T, TVector, TSimd, InPlace>(rows, count, panel, panelStep, sliver, Width, null, null, ref ahead, target);
        else if (inPlace)
            GemmTile.Run<T, TVector, TSimd, SlimInPlace>(rows, count, panel, panelStep, sliver, Width, null, null, ref ahead, target);
        else if (columns > TSimd.Count)
            GemmTile.Run<T, TVector, TSimd, No>(rows, count, panel, panelStep, sliver, Width, null, null, ref ahead, target);
        else
            GemmTile.Run<T, TVector, TSimd, Slim>(rows, count, panel, panelStep, sliver, Width, null, null, ref ahead, target);
    }

    // Where a block of the left operand is read: as it lies where that serves, else from panels that are packed here.
    private static GemmLeft<T> Left(in GemmProblem<T> problem, int row, int rows, int p, int count, int columns, T* panels)
    {
        // The columns of a small transposed matrix lie side by side as a tile wants them.
        if (problem.TransposeA && rows * count * sizeof(T) <= NearBytes)
            return new(problem.A + (p * problem.Lda) + row, problem.Lda);

        // Rows a page apart would share a cache set.
        if (!problem.TransposeA && columns <= FewSlivers * Width && problem.Lda * sizeof(T) % 4096 != 0)
            return new(problem.A + (row * problem.Lda) + p, problem.Lda, inPlace: true);
        PackLeft(problem, row, rows, p, count, panels);
        return new(panels, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackLeft(in GemmProblem<T> problem, int row, int rows, int p, int count, T* left)
    {
        GemmPanels panels = new(rows, TSimd.MaxRows);

        // From a transposed matrix a few rows at a time, so that a cache line is used up by neighbouring panels while it is near.
        int chunk = problem.TransposeA ? 32 : count;
        for (int done = 0; done < count; done += chunk)
        {
            int part = Math.Min(chunk, count - done), i = row;
            T* panel = left;
            for (int index = 0; index < panels.Count; index++)
            {
                int h = panels.Height(index, i - row);
                if (problem.TransposeA)
                    GemmPacking.Straight(problem.A + ((p + done) * problem.Lda) + i, problem.Lda, h, part, h, panel + (done * h));
                else
                    GemmPacking.Transposed(problem.A + (i * problem.Lda) + p, problem.Lda, h, count, h, panel);
                panel += (nint)h * count;
                i += h;
            }
        }
    }

    private static int RowBlock(int rows)
    {
        int blocks = rows <= RowLimit ? 1 : ((rows - 1) / RowLimit) + 1;
        return RoundUp((int)(((long)rows + blocks - 1) / blocks), TSimd.MaxRows);
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;

    private static nint Aligned(long elements) => (nint)(elements + 63 + 16) & ~63;
}
