using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Lines of a softmax, several per piece.</summary>
internal unsafe struct SoftmaxJob<T, TVector, TSimd> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private const int PieceElements = 8192;

    // Exponentials that are added one after the other, per lane, before their sums are joined pairwise.
    private const int Run1 = 128;

    private T* x;
    private T* y;
    private int outer;
    private int axis;
    private int inner;
    private int linesPerPiece;
    private bool logarithm;

    public static void Run(T* x, int outer, int axis, int inner, T* y, bool logarithm, Workers workers)
    {
        int lines = inner == 1 ? Math.Max(1, PieceElements / axis) : 1;
        workers.For(
            ((outer - 1) / lines) + 1,
            new SoftmaxJob<T, TVector, TSimd>
            {
                x = x,
                y = y,
                outer = outer,
                axis = axis,
                inner = inner,
                linesPerPiece = lines,
                logarithm = logarithm,
            });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        long first = (long)index * linesPerPiece, last = Math.Min(outer, first + linesPerPiece);
        if (inner == 1 && axis < TSimd.Count)
        {
            for (; first < last; first += TSimd.Count)
                Narrow(x + ((nint)first * axis), y + ((nint)first * axis), (int)Math.Min(TSimd.Count, last - first));
            return;
        }

        for (long line = first; line < last; line++)
        {
            T* x = this.x + ((nint)line * axis * inner), y = this.y + ((nint)line * axis * inner);
            if (inner == 1)
            {
                Row(x, y);
                continue;
            }

            int j = 0;
            for (; j <= inner - TSimd.Count; j += TSimd.Count)
                Columns(x + j, y + j, inner);
            for (; j < inner; j++)
                Column(x + j, y + j);
        }
    }

    // Rows that do not fill a vector are turned into columns, as many as a vector has lanes.
    private readonly void Narrow(T* x, T* y, int rows)
    {
        int lanes = TSimd.Count;
        T* turned = stackalloc T[2 * lanes * lanes], result = turned + (lanes * lanes);
        new Span<T>(turned, axis * lanes).Clear();
        GemmPacking.Transpose(x, axis, rows, axis, lanes, turned);
        Columns(turned, result, lanes);
        GemmPacking.Transpose(result, lanes, axis, rows, axis, y);
    }

    // One column, gathered so that it sees the same exponential as all others.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Column(T* x, T* y)
    {
        for (int i = 0; i < axis; i++)
            y[(nint)i * inner] = x[(nint)i * inner];
        T maximum = T.NegativeInfinity;
        for (int i = 0; i < axis; i++)
            maximum = T.Max(maximum, x[(nint)i * inner]);
        Cascade<T, SumReducer<T>> sums = default;
        for (int begin = 0; begin < axis; begin += Run1)
        {
            T part = T.Zero;
            for (int i = begin; i < Math.Min(axis, begin + Run1); i++)
            {
                T e = ExpOne(x[(nint)i * inner] - maximum);
                part += e;
                if (!logarithm)
                    y[(nint)i * inner] = e;
            }

            sums.Add(part);
        }

        T sum = sums.Total();
        T log = T.Log(sum), inverse = T.One / sum;
        for (int i = 0; i < axis; i++)
            y[(nint)i * inner] = logarithm ? x[(nint)i * inner] - maximum - log : y[(nint)i * inner] * inverse;
    }

    // TVector lanes are neighbouring columns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Columns(T* x, T* y, nint step)
    {
        TVector maximum = TSimd.Load(x);
        for (nint i = 1; i < axis; i++)
            maximum = TSimd.Greater(TSimd.Load(x + (i * step)), maximum);
        VectorCascade<T, TVector, TSimd> sums = new(stackalloc T[VectorCascade<T, TVector, TSimd>.Room(axis, Run1)]);
        for (nint begin = 0; begin < axis; begin += Run1)
        {
            TVector part = TSimd.Zero;
            for (nint i = begin; i < Math.Min(axis, begin + Run1); i++)
            {
                TVector e = SimdMath.Exp<T, TVector, TSimd>(TSimd.Subtract(TSimd.Load(x + (i * step)), maximum));
                part = TSimd.Add(part, e);
                if (!logarithm)
                    TSimd.Store(e, y + (i * step));
            }

            sums.Add(part);
        }

        TVector sum = sums.Total();
        T* lanes = stackalloc T[TSimd.Count];
        TSimd.Store(sum, lanes);
        for (int lane = 0; lane < TSimd.Count; lane++)
            lanes[lane] = logarithm ? T.Log(lanes[lane]) : T.One / lanes[lane];
        TVector scale = TSimd.Load(lanes);
        for (nint i = 0; i < axis; i++)
        {
            TVector value = logarithm
                ? TSimd.Subtract(TSimd.Subtract(TSimd.Load(x + (i * step)), maximum), scale)
                : TSimd.Multiply(TSimd.Load(y + (i * step)), scale);
            TSimd.Store(value, y + (i * step));
        }
    }

    // A row of at least a vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Row(T* x, T* y)
    {
        int n = axis, lanes = TSimd.Count, i;
        T maximum = Greatest(x, n);
        T* to = logarithm ? null : y;
        T sum = n <= Run1 * lanes ? Exponentials(x, n, maximum, to) : LongSum(x, n, maximum, to);
        if (logarithm)
        {
            T log = T.Log(sum);
            TVector shift = TSimd.Broadcast(maximum), logs = TSimd.Broadcast(log);
            for (i = 0; i <= n - lanes; i += lanes)
                TSimd.Store(TSimd.Subtract(TSimd.Subtract(TSimd.Load(x + i), shift), logs), y + i);
            for (; i < n; i++)
                y[i] = x[i] - maximum - log;
            return;
        }

        T inverse = T.One / sum;
        TVector scale = TSimd.Broadcast(inverse);
        for (i = 0; i <= n - lanes; i += lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(y + i), scale), y + i);
        for (; i < n; i++)
            y[i] *= inverse;
    }

    // The greatest of at least a vector. A NaN that is passed over makes all numbers NaN by the sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Greatest(T* x, int n)
    {
        int lanes = TSimd.Count, i = 0;
        TVector a = TSimd.Load(x + n - lanes);
        if (n >= 4 * lanes)
        {
            // Several in flight: each comparison waits for the one before.
            TVector b = a, c = a, d = a;
            for (; i <= n - (4 * lanes); i += 4 * lanes)
            {
                a = TSimd.Greater(TSimd.Load(x + i), a);
                b = TSimd.Greater(TSimd.Load(x + i + lanes), b);
                c = TSimd.Greater(TSimd.Load(x + i + (2 * lanes)), c);
                d = TSimd.Greater(TSimd.Load(x + i + (3 * lanes)), d);
            }

            a = TSimd.Greater(TSimd.Greater(a, b), TSimd.Greater(c, d));
        }

        for (; i < n - lanes; i += lanes)
            a = TSimd.Greater(TSimd.Load(x + i), a);
        return TSimd.Greatest(a);
    }

    // The sums of blocks, joined pairwise.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T LongSum(T* x, int n, T maximum, T* y)
    {
        Cascade<T, SumReducer<T>> sums = default;
        for (int begin = 0, block = Run1 * TSimd.Count; begin < n; begin += block)
        {
            // What fills no vector belongs to the block before.
            if (n - begin - TSimd.Count < block)
                block = n - begin;
            sums.Add(Exponentials(x + begin, block, maximum, y is null ? null : y + begin));
        }

        return sums.Total();
    }

    // exp(x − maximum), which y receives unless it is null, and the sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Exponentials(T* x, int count, T maximum, T* y)
    {
        TVector shift = TSimd.Broadcast(maximum), sums = TSimd.Zero;
        int i = 0;
        if (y is null)
        {
            for (; i <= count - TSimd.Count; i += TSimd.Count)
                sums = TSimd.Add(sums, SimdMath.Exp<T, TVector, TSimd>(TSimd.Subtract(TSimd.Load(x + i), shift)));
        }
        else
        {
            for (; i <= count - TSimd.Count; i += TSimd.Count)
            {
                TVector e = SimdMath.Exp<T, TVector, TSimd>(TSimd.Subtract(TSimd.Load(x + i), shift));
                sums = TSimd.Add(sums, e);
                TSimd.Store(e, y + i);
            }
        }

        return TSimd.Sum(i < count ? TSimd.Add(sums, Rest(x + i, count - i, maximum, y is null ? null : y + i)) : sums);
    }

    // A last partial vector is padded with −∞, whose exponential is 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TVector Rest(T* x, int count, T maximum, T* y)
    {
        T* lanes = stackalloc T[TSimd.Count];
        TSimd.Store(TSimd.Broadcast(T.NegativeInfinity), lanes);
        for (int i = 0; i < count; i++)
            lanes[i] = x[i];
        TVector e = SimdMath.Exp<T, TVector, TSimd>(TSimd.Subtract(TSimd.Load(lanes), TSimd.Broadcast(maximum)));
        if (y is not null)
        {
            TSimd.Store(e, lanes);
            for (int i = 0; i < count; i++)
                y[i] = lanes[i];
        }

        return e;
    }

    private static T ExpOne(T value)
    {
        T* lanes = stackalloc T[TSimd.Count];
        TSimd.Store(SimdMath.Exp<T, TVector, TSimd>(TSimd.Broadcast(value)), lanes);
        return lanes[0];
    }
}
