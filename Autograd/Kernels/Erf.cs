using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The error function erf(x) = 2/√π ∫₀ˣ exp(−t²) dt. T is float or double.</summary>
/// <remarks>
/// Rational Chebyshev approximations of Cody 1969 (Rational Chebyshev approximations for the error function, Mathematics of
/// Computation 23): relative error near 10⁻¹⁶ in double. erf(±∞) = ±1, erf(NaN) = NaN, erf(−0) = −0.
/// </remarks>
internal static unsafe class Erf
{
    private const int Piece = 4096;

    private static ReadOnlySpan<double> SmallNumerator =>
        [1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];

    private static ReadOnlySpan<double> SmallDenominator =>
        [1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    private static ReadOnlySpan<double> MiddleNumerator =>
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
        8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
    ];

    private static ReadOnlySpan<double> MiddleDenominator =>
    [
        1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];

    private static ReadOnlySpan<double> LargeNumerator =>
    [
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
        6.58749161529837803e-4,
    ];

    private static ReadOnlySpan<double> LargeDenominator =>
        [1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];

    /// <summary>y = erf(x).</summary>
    public static void Run<T>(ReadOnlySpan<T> x, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Length < x.Length)
            throw new ArgumentException($"{x.Length} values need as much room; there is room for {y.Length}.", nameof(y));
        fixed (T* px = x, py = y)
            workers.For((x.Length + Piece - 1) / Piece, new Job<T> { X = px, Y = py, Count = x.Length });
    }

    /// <summary>y = erf(x) on the calling thread, for tiles that run in parallel already.</summary>
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x, py = y)
        {
            Job<T> job = new() { X = px, Y = py, Count = x.Length };
            for (int i = 0; i < (x.Length + Piece - 1) / Piece; i++)
                job.Execute(i, 0);
        }
    }

    /// <summary>erf of one value.</summary>
    public static double One(double x)
    {
        double a = Math.Abs(x);
        if (a <= 0.46875)
            return x * Ratio(SmallNumerator, SmallDenominator, a * a);
        if (double.IsNaN(x))
            return x;
        if (a > 6)
            return Math.CopySign(1, x);

        // exp(−a²) with a² split so that the part rounded off is kept.
        double rounded = Math.Truncate(a * 16) / 16;
        double tail = Math.Exp(-rounded * rounded) * Math.Exp(-(a - rounded) * (a + rounded));
        if (a <= 4)
        {
            tail *= Ratio(MiddleNumerator, MiddleDenominator, a);
        }
        else
        {
            double z = 1 / (a * a);
            tail *= (0.56418958354775628695 - (z * Ratio(LargeNumerator, LargeDenominator, z))) / a;
        }

        return Math.CopySign(1 - tail, x);
    }

    private static double Ratio(ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator, double x)
    {
        double above = numerator[0], below = denominator[0];
        for (int i = 1; i < numerator.Length; i++)
        {
            above = (above * x) + numerator[i];
            below = (below * x) + denominator[i];
        }

        return above / below;
    }

    private struct Job<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* X;
        public T* Y;
        public int Count;

        public readonly void Execute(int index, int participant)
        {
            int last = Math.Min(Count, (index + 1) * Piece);
            for (int i = index * Piece; i < last; i++)
                Y[i] = T.CreateTruncating(One(double.CreateTruncating(X[i])));
        }
    }
}
