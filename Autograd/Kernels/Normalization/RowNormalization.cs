using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Rows brought to mean 0 and variance 1: y = (x − mean)·inverse·scale + shift with inverse = 1/√(variance + ε).</summary>
internal unsafe struct RowNormalization<T> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Elements of a piece: enough to be worth another thread.
    private const int Piece = 16 * 1024;

    public T* X;
    public T* Scale;

    /// <summary>Null for none.</summary>
    public T* Shift;

    /// <summary>Null where nobody reads it, as the two that follow.</summary>
    public T* Y;
    public T* Mean;
    public T* Inverse;
    public int Rows;
    public int Width;
    public T Epsilon;

    private readonly int RowsOfPiece => Math.Max(1, Piece / Width);

    public static void Run(in RowNormalization<T> job, Workers workers)
    {
        if (job.Rows > 0 && job.Width > 0)
            workers.For((job.Rows + job.RowsOfPiece - 1) / job.RowsOfPiece, job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        T count = T.CreateChecked(Width);
        for (int row = index * RowsOfPiece; row < Math.Min(Rows, (index + 1) * RowsOfPiece); row++)
        {
            T* x = X + ((nint)row * Width);
            T mean = RowSums.Of<T>(x, Width) / count, inverse = T.One / T.Sqrt((RowSums.OfSquares(x, mean, Width) / count) + Epsilon);
            if (Mean is not null)
                Mean[row] = mean;
            if (Inverse is not null)
                Inverse[row] = inverse;
            if (Y is not null)
                Write(x, mean, inverse, Y + ((nint)row * Width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Write(T* x, T mean, T inverse, T* y)
    {
        int i = 0;
        Vector<T> center = new(mean), factor = new(inverse);
        for (; i <= Width - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> normal = (Vector.Load(x + i) - center) * factor * Vector.Load(Scale + i);
            (Shift is null ? normal : normal + Vector.Load(Shift + i)).Store(y + i);
        }

        for (; i < Width; i++)
            y[i] = ((x[i] - mean) * inverse * Scale[i]) + (Shift is null ? T.Zero : Shift[i]);
    }
}

/// <summary>Sums over a row, in blocks that are joined pairwise.</summary>
internal static unsafe class RowSums
{
    // Terms of a block for each lane.
    private const int Block = 128;

    // Sums that are taken side by side: an addition waits for the one before.
    private const int Several = 4;

    /// <summary>Σ xᵢ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Of<T>(T* x, int count)
        where T : unmanaged, INumber<T>
    {
        Cascade<T, SumReducer<T>> total = default;
        for (int begin = 0, step = Block * Vector<T>.Count; begin < count; begin += step)
        {
            int end = Math.Min(count, begin + step), i = begin;
            Vector<T> sums = Vector<T>.Zero;
            if (end - i >= Several * Vector<T>.Count)
            {
                Vector<T> b = sums, c = sums, d = sums;
                for (; i <= end - (Several * Vector<T>.Count); i += Several * Vector<T>.Count)
                {
                    sums += Vector.Load(x + i);
                    b += Vector.Load(x + i + Vector<T>.Count);
                    c += Vector.Load(x + i + (2 * Vector<T>.Count));
                    d += Vector.Load(x + i + (3 * Vector<T>.Count));
                }

                sums = sums + b + (c + d);
            }

            for (; i <= end - Vector<T>.Count; i += Vector<T>.Count)
                sums += Vector.Load(x + i);
            T sum = Vector.Sum(sums);
            for (; i < end; i++)
                sum += x[i];
            total.Add(sum);
        }

        return total.Total();
    }

    /// <summary>Σ (xᵢ − center)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T OfSquares<T>(T* x, T center, int count)
        where T : unmanaged, INumber<T>
    {
        Cascade<T, SumReducer<T>> total = default;
        Vector<T> middle = new(center);
        for (int begin = 0, step = Block * Vector<T>.Count; begin < count; begin += step)
        {
            int end = Math.Min(count, begin + step), i = begin;
            Vector<T> sums = Vector<T>.Zero;
            if (end - i >= Several * Vector<T>.Count)
            {
                Vector<T> b = sums, c = sums, d = sums;
                for (; i <= end - (Several * Vector<T>.Count); i += Several * Vector<T>.Count)
                {
                    sums += Square(Vector.Load(x + i) - middle);
                    b += Square(Vector.Load(x + i + Vector<T>.Count) - middle);
                    c += Square(Vector.Load(x + i + (2 * Vector<T>.Count)) - middle);
                    d += Square(Vector.Load(x + i + (3 * Vector<T>.Count)) - middle);
                }

                sums = sums + b + (c + d);
            }

            for (; i <= end - Vector<T>.Count; i += Vector<T>.Count)
                sums += Square(Vector.Load(x + i) - middle);

            T sum = Vector.Sum(sums);
            for (; i < end; i++)
                sum += (x[i] - center) * (x[i] - center);
            total.Add(sum);
        }

        return total.Total();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Square<T>(Vector<T> value) => value * value;

    /// <summary>Σ gᵢsᵢ and Σ gᵢsᵢ(xᵢ − center).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (T Sum, T Moment) OfProducts<T>(T* g, T* s, T* x, T center, int count)
        where T : unmanaged, INumber<T>
    {
        Cascade<T, SumReducer<T>> total = default, moment = default;
        Vector<T> middle = new(center);
        for (int begin = 0, step = Block * Vector<T>.Count; begin < count; begin += step)
        {
            int end = Math.Min(count, begin + step), i = begin;
            Vector<T> sums = Vector<T>.Zero, moments = Vector<T>.Zero;
            for (; i <= end - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> product = Vector.Load(g + i) * Vector.Load(s + i);
                sums += product;
                moments += product * (Vector.Load(x + i) - middle);
            }

            (T sum, T last) = (Vector.Sum(sums), Vector.Sum(moments));
            for (; i < end; i++)
            {
                sum += g[i] * s[i];
                last += g[i] * s[i] * (x[i] - center);
            }

            total.Add(sum);
            moment.Add(last);
        }

        return (total.Total(), moment.Total());
    }
}
