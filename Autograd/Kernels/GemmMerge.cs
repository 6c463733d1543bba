using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>Adds a finished tile to C: c = α·tile + β·c on the first block of k, c = α·tile + c on later ones, bias and rectifier on the last.</summary>
internal readonly unsafe struct GemmMerge<T>
    where T : unmanaged, INumber<T>
{
    private const int MaxWidth = 64;
    private readonly T _alpha;
    private readonly T _beta;
    private readonly T* _c;
    private readonly nint _ldc;
    private readonly T* _columnBias;
    private readonly T* _rowBias;
    private readonly bool _relu;

    public GemmMerge(in GemmProblem<T> problem, bool first, bool last)
    {
        _alpha = problem.Alpha;
        _beta = first ? problem.Beta : T.One;
        _c = problem.C;
        _ldc = problem.Ldc;
        _columnBias = last ? problem.ColumnBias : null;
        _rowBias = last ? problem.RowBias : null;
        _relu = last && problem.Relu;
    }

    /// <summary>Merges a tile of <paramref name="rows"/> by <paramref name="columns"/>, stored two vectors to a row.</summary>
    public void Run<TVector, TSimd>(T* tile, int row, int rows, int column, int columns)
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        T* c = _c + (row * _ldc) + column;
        int width = 2 * TSimd.Count;
        if (columns == width)
        {
            for (int r = 0; r < rows; r++, c += _ldc, tile += width)
                Row<TVector, TSimd>(tile, c, _columnBias + column, row + r);
            return;
        }

        // A narrow tile goes through copies of full width, so that its elements see the same instructions as all others.
        T* old = stackalloc T[MaxWidth];
        T* bias = stackalloc T[MaxWidth];
        if (_columnBias is not null)
            new ReadOnlySpan<T>(_columnBias + column, columns).CopyTo(new Span<T>(bias, MaxWidth));
        for (int r = 0; r < rows; r++, c += _ldc, tile += width)
        {
            if (_beta != T.Zero)
                new ReadOnlySpan<T>(c, columns).CopyTo(new Span<T>(old, MaxWidth));
            Row<TVector, TSimd>(tile, old, bias, row + r);
            new ReadOnlySpan<T>(old, columns).CopyTo(new Span<T>(c, columns));
        }
    }

    private void Row<TVector, TSimd>(T* tile, T* c, T* bias, int row)
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector left = TSimd.Load(tile), right = TSimd.Load(tile + TSimd.Count);
        TVector alpha = TSimd.Broadcast(_alpha);
        left = TSimd.Multiply(left, alpha);
        right = TSimd.Multiply(right, alpha);
        if (_beta != T.Zero)
        {
            TVector beta = TSimd.Broadcast(_beta);
            left = TSimd.MultiplyAdd(beta, TSimd.Load(c), left);
            right = TSimd.MultiplyAdd(beta, TSimd.Load(c + TSimd.Count), right);
        }

        if (_columnBias is not null)
        {
            left = TSimd.Add(left, TSimd.Load(bias));
            right = TSimd.Add(right, TSimd.Load(bias + TSimd.Count));
        }

        if (_rowBias is not null)
        {
            TVector addend = TSimd.Broadcast(_rowBias[row]);
            left = TSimd.Add(left, addend);
            right = TSimd.Add(right, addend);
        }

        if (_relu)
        {
            left = TSimd.Relu(left);
            right = TSimd.Relu(right);
        }

        TSimd.Store(left, c);
        TSimd.Store(right, c + TSimd.Count);
    }
}
