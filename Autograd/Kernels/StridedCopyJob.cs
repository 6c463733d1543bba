namespace Toolkit.Autograd.Kernels;

/// <summary>A strided copy cut into pieces: lines along the destination's innermost axis, or tiles if the source runs along another.</summary>
internal unsafe struct StridedCopyJob<T> : IJob
    where T : unmanaged
{
    private const long PieceElements = 16384;
    private const int Tile = 32;

    private StridedAxes _axes;
    private T* _source;
    private T* _destination;
    private long _linesPerPiece;
    private long _lines;
    private int _partner;
    private int _tileRows;
    private int _tileColumns;

    public static void Run(in StridedAxes axes, T* source, T* destination, Workers workers)
    {
        StridedCopyJob<T> job = new() { _axes = axes, _source = source, _destination = destination };
        job._partner = Partner(axes);
        long elements = axes.Elements;
        if (job._partner > 0)
        {
            // The axis along which the source is contiguous becomes axis 1, so that a tile is over axes 0 and 1.
            Swap(ref job._axes, 1, job._partner);
            job._tileColumns = (job._axes.Sizes[0] + Tile - 1) / Tile;
            job._tileRows = (job._axes.Sizes[1] + Tile - 1) / Tile;
            job._lines = elements / job._axes.Sizes[0] / job._axes.Sizes[1] * job._tileRows;
            job._linesPerPiece = Math.Max(1, PieceElements / ((long)job._axes.Sizes[0] * Tile));
        }
        else
        {
            job._lines = elements / axes.Sizes[0];
            job._linesPerPiece = Math.Max(1, PieceElements / axes.Sizes[0]);
        }

        workers.For(checked((int)((job._lines + job._linesPerPiece - 1) / job._linesPerPiece)), job);
    }

    public readonly void Execute(int index, int participant)
    {
        long first = index * _linesPerPiece, last = Math.Min(_lines, first + _linesPerPiece);
        for (long line = first; line < last; line++)
        {
            if (_partner > 0)
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

    private readonly void Line(long line)
    {
        _axes.Offsets(line, 1, out nint from, out nint to);
        T* source = _source + from, destination = _destination + to;
        int count = _axes.Sizes[0];
        nint step = (nint)_axes.Sources[0], stride = (nint)_axes.Destinations[0];
        if (stride == 1 && step == 1)
            new ReadOnlySpan<T>(source, count).CopyTo(new Span<T>(destination, count));
        else if (stride == 1 && step == 0)
            new Span<T>(destination, count).Fill(*source);
        else
            Strided(source, step, destination, stride, count);
    }

    private readonly void TileRow(long line)
    {
        (long plane, long tileRow) = Math.DivRem(line, _tileRows);
        _axes.Offsets(plane, 2, out nint from, out nint to);
        int row = (int)tileRow * Tile, rows = Math.Min(Tile, _axes.Sizes[1] - row);
        nint fromRow = (nint)_axes.Sources[1], toRow = (nint)_axes.Destinations[1];
        nint fromColumn = (nint)_axes.Sources[0], toColumn = (nint)_axes.Destinations[0];
        for (int tile = 0; tile < _tileColumns; tile++)
        {
            int column = tile * Tile, columns = Math.Min(Tile, _axes.Sizes[0] - column);
            T* source = _source + from + (row * fromRow) + (column * fromColumn);
            T* destination = _destination + to + (row * toRow) + (column * toColumn);
            for (int r = 0; r < rows; r++, source += fromRow, destination += toRow)
                Strided(source, fromColumn, destination, toColumn, columns);
        }
    }

    private static void Strided(T* source, nint step, T* destination, nint stride, int count)
    {
        for (int i = 0; i < count; i++, source += step, destination += stride)
            *destination = *source;
    }
}
