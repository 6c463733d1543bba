using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The gradients of <see cref="RowNormalization{T}"/>: with n = (x − mean)·inverse and d = g·scale that of x is inverse·(d − mean of d − n·mean of n·d), that of the scale Σ g·n over the rows, that of the
/// shift Σ g. Rows are taken in pieces that follow from the sizes alone, and the sums of pieces are joined pairwise.
/// </summary>
internal unsafe struct RowNormalizationGradient<T> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Elements of a piece, and the most rows that are added up one after the other.
    private const int Piece = 32 * 1024, MostRows = 128;

    public T* X;
    public T* Scale;
    public T* Mean;
    public T* Inverse;
    public T* Gradient;

    /// <summary>Null where nobody reads it, as the two that follow.</summary>
    public T* OfX;
    public T* OfScale;
    public T* OfShift;
    public int Rows;
    public int Width;
    private T* sums;

    private readonly int RowsOfPiece => Math.Clamp(Piece / Math.Max(1, Width), 1, MostRows);

    private readonly int Pieces => (Rows + RowsOfPiece - 1) / RowsOfPiece;

    public static void Run(RowNormalizationGradient<T> job, Workers workers)
    {
        // Of each piece the sums for the scale, then those for the shift.
        int width = 2 * job.Width;
        using Scratch scratch = workers.Rent((long)Math.Max(1, job.Pieces) * width * sizeof(T));
        job.sums = (T*)scratch.Pointer;
        new Span<T>(job.sums, width).Clear();
        if (job.Rows > 0 && job.Width > 0)
            workers.For(job.Pieces, job);
        for (int step = 1; step < job.Pieces; step *= 2)
        {
            for (int piece = 0; piece + step < job.Pieces; piece += 2 * step)
                Add(job.sums + ((nint)(piece + step) * width), job.sums + ((nint)piece * width), width);
        }

        if (job.OfScale is not null)
            new Span<T>(job.sums, job.Width).CopyTo(new Span<T>(job.OfScale, job.Width));
        if (job.OfShift is not null)
            new Span<T>(job.sums + job.Width, job.Width).CopyTo(new Span<T>(job.OfShift, job.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        T* own = sums + ((nint)index * 2 * Width);
        new Span<T>(own, 2 * Width).Clear();
        T count = T.CreateChecked(Width);
        for (int row = index * RowsOfPiece; row < Math.Min(Rows, (index + 1) * RowsOfPiece); row++)
        {
            nint place = (nint)row * Width;
            (T sum, T moment) = OfX is null ? default : RowSums.OfProducts(Gradient + place, Scale, X + place, Mean[row], Width);
            T inverse = Inverse[row];
            Through(place, Mean[row], inverse, sum / count, moment * inverse / count, own);
        }
    }

    /// <summary>Σ of the row for scale and shift, and the gradient of x from the means of d and of n·d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Through(nint place, T mean, T inverse, T direct, T along, T* own)
    {
        T* x = X + place, g = Gradient + place, to = OfX is null ? null : OfX + place;
        int i = 0;
        Vector<T> center = new(mean), factor = new(inverse), first = new(direct), second = new(along);
        for (; i <= Width - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> gradient = Vector.Load(g + i), normal = (Vector.Load(x + i) - center) * factor;
            (Vector.Load(own + i) + (gradient * normal)).Store(own + i);
            (Vector.Load(own + Width + i) + gradient).Store(own + Width + i);
            if (to is not null)
                (factor * ((gradient * Vector.Load(Scale + i)) - first - (normal * second))).Store(to + i);
        }

        for (; i < Width; i++)
        {
            T normal = (x[i] - mean) * inverse;
            own[i] += g[i] * normal;
            own[Width + i] += g[i];
            if (to is not null)
                to[i] = inverse * ((g[i] * Scale[i]) - direct - (normal * along));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(T* from, T* to, int count)
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            (Vector.Load(to + i) + Vector.Load(from + i)).Store(to + i);
        for (; i < count; i++)
            to[i] += from[i];
    }
}
