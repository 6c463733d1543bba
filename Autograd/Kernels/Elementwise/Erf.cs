using System.Numerics;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The error function erf(x) = 2/√π ∫₀ˣ exp(−t²) dt. T is float or double.</summary>
/// <remarks>Error below 2·10⁻⁷ in single and near 10⁻¹⁶ in double precision. erf(±∞) = ±1, erf(NaN) = NaN, erf(−0) = −0.</remarks>
internal static unsafe class Erf
{
    private const int Piece = 4096;

    /// <summary>y = erf(x).</summary>
    public static void Run<T>(ReadOnlySpan<T> x, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T> => Run(SimdWidths.Best, x, y, workers);

    /// <summary>y = erf(x) with vectors of a given width.</summary>
    public static void Run<T>(SimdWidth width, ReadOnlySpan<T> x, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Length < x.Length)
            throw new ArgumentException($"{x.Length} values need as much room; there is room for {y.Length}.", nameof(y));
        int pieces = (x.Length + Piece - 1) / Piece;
        fixed (T* px = x, py = y)
        {
            switch (width)
            {
                case SimdWidth.Vector512: workers.For(pieces, new Job<T, Vector512<T>, Simd512<T>> { X = px, Y = py, Count = x.Length }); break;
                case SimdWidth.Vector256: workers.For(pieces, new Job<T, Vector256<T>, Simd256<T>> { X = px, Y = py, Count = x.Length }); break;
                default: workers.For(pieces, new Job<T, Vector128<T>, Simd128<T>> { X = px, Y = py, Count = x.Length }); break;
            }
        }
    }

    /// <summary>y = erf(x) on the calling thread alone, for tiles that already run in parallel.</summary>
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x, py = y)
        {
            switch (SimdWidths.Best)
            {
                case SimdWidth.Vector512: RunHere(new Job<T, Vector512<T>, Simd512<T>> { X = px, Y = py, Count = x.Length }, x.Length); break;
                case SimdWidth.Vector256: RunHere(new Job<T, Vector256<T>, Simd256<T>> { X = px, Y = py, Count = x.Length }, x.Length); break;
                default: RunHere(new Job<T, Vector128<T>, Simd128<T>> { X = px, Y = py, Count = x.Length }, x.Length); break;
            }
        }
    }

    private static void RunHere<TJob>(TJob job, int count)
        where TJob : struct, IJob
    {
        for (int i = 0; i < (count + Piece - 1) / Piece; i++)
            job.Execute(i, 0);
    }

    private struct Job<T, TVector, TSimd> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        public T* X;
        public T* Y;
        public int Count;

        public readonly void Execute(int index, int participant)
        {
            int first = index * Piece, count = Math.Min(Piece, Count - first), i = 0;
            T* x = X + first, y = Y + first;
            for (; i <= count - TSimd.Count; i += TSimd.Count)
                TSimd.Store(SimdMath.Erf<T, TVector, TSimd>(TSimd.Load(x + i)), y + i);
            if (i == count)
                return;

            // The rest goes through a whole vector too, so that a value's result does not depend on its place.
            T* rest = stackalloc T[TSimd.Count];
            new ReadOnlySpan<T>(x + i, count - i).CopyTo(new Span<T>(rest, TSimd.Count));
            TSimd.Store(SimdMath.Erf<T, TVector, TSimd>(TSimd.Load(rest)), rest);
            new ReadOnlySpan<T>(rest, count - i).CopyTo(new Span<T>(y + i, count - i));
        }
    }
}
