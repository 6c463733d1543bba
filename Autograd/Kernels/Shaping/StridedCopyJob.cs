using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>A strided copy cut into pieces: lines along the destination's innermost axis, or tiles if the source runs along another.</summary>
internal unsafe struct StridedCopyJob<T> : IJob
    where T : unmanaged
{
    private const long PieceElements = 16384;
    private const int Tile = 32;

    private StridedAxes axes;
    private T* source;
    private T* destination;
    private long linesPerPiece;
    private long lines;
    private int partner;
    private int tileRows;
    private int tileColumns;

    public static void Run(in StridedAxes axes, T* source, T* destination, Workers workers)
    {
        StridedCopyJob<T> job = new() { axes = axes, source = source, destination = destination };
        job.partner = Partner(axes);
        long elements = axes.Elements;
        if (job.partner > 0)
        {
            // The axis along which the source is contiguous becomes axis 1, so that a tile is over axes 0 and 1.
            Swap(ref job.axes, 1, job.partner);
            job.tileColumns = (job.axes.Sizes[0] + Tile - 1) / Tile;
            job.tileRows = (job.axes.Sizes[1] + Tile - 1) / Tile;
            job.lines = elements / job.axes.Sizes[0] / job.axes.Sizes[1] * job.tileRows;
            job.linesPerPiece = Math.Max(1, PieceElements / ((long)job.axes.Sizes[0] * Tile));
        }
        else
        {
            job.lines = elements / axes.Sizes[0];
            job.linesPerPiece = Math.Max(1, PieceElements / axes.Sizes[0]);
        }

        workers.For(checked((int)((job.lines + job.linesPerPiece - 1) / job.linesPerPiece)), job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        long first = index * linesPerPiece, last = Math.Min(lines, first + linesPerPiece);
        for (long line = first; line < last; line++)
        {
            if (partner > 0)
                TileRow(line);
            else
                Line(line);
        }
    }

    // The source axis with stride 1, if it is not the destination's innermost; 0 otherwise.
    private static int Partner(in StridedAxes axes)
    {
        if (axes.Sources[0] is 0 or 1 or -1)
            return 0;
        for (int axis = 1; axis < axes.Count; axis++)
        {
            if (axes.Sources[axis] == 1)
                return axis;
        }

        return 0;
    }

    private static void Swap(ref StridedAxes axes, int left, int right)
    {
        (axes.Sizes[left], axes.Sizes[right]) = (axes.Sizes[right], axes.Sizes[left]);
        (axes.Sources[left], axes.Sources[right]) = (axes.Sources[right], axes.Sources[left]);
        (axes.Destinations[left], axes.Destinations[right]) = (axes.Destinations[right], axes.Destinations[left]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Line(long line)
    {
        axes.Offsets(line, 1, out nint from, out nint to);
        T* source = this.source + from, destination = this.destination + to;
        int count = axes.Sizes[0];
        nint step = (nint)axes.Sources[0], stride = (nint)axes.Destinations[0];
        if (stride == 1 && step == 1)
            new ReadOnlySpan<T>(source, count).CopyTo(new Span<T>(destination, count));
        else if (stride == 1 && step == 0)
            new Span<T>(destination, count).Fill(*source);
        else
            Strided(source, step, destination, stride, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void TileRow(long line)
    {
        (long plane, long tileRow) = Math.DivRem(line, tileRows);
        axes.Offsets(plane, 2, out nint from, out nint to);
        int row = (int)tileRow * Tile, rows = Math.Min(Tile, axes.Sizes[1] - row);
        nint fromRow = (nint)axes.Sources[1], toRow = (nint)axes.Destinations[1];
        nint fromColumn = (nint)axes.Sources[0], toColumn = (nint)axes.Destinations[0];
        for (int tile = 0; tile < tileColumns; tile++)
        {
            int column = tile * Tile, columns = Math.Min(Tile, axes.Sizes[0] - column);
            T* source = this.source + from + (row * fromRow) + (column * fromColumn);
            T* destination = this.destination + to + (row * toRow) + (column * toColumn);
            if (toColumn == 1 && sizeof(T) == sizeof(float))
            {
                GemmPacking.Transpose((float*)source, fromColumn, columns, rows, toRow, (float*)destination);
                continue;
            }

            if (toColumn == 1 && sizeof(T) == sizeof(double))
            {
                GemmPacking.Transpose((double*)source, fromColumn, columns, rows, toRow, (double*)destination);
                continue;
            }

            for (int r = 0; r < rows; r++, source += fromRow, destination += toRow)
                Strided(source, fromColumn, destination, toColumn, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strided(T* source, nint step, T* destination, nint stride, int count)
    {
        for (int i = 0; i < count; i++, source += step, destination += stride)
            *destination = *source;
    }
}
