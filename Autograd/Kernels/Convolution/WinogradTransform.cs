using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The transforms of Winograd's minimal filtering with six points, 0, ±5/8, ±3/2 and ∞ (Winograd 1980; Lavin and Gray 2016, Fast Algorithms for
/// Convolutional Neural Networks, where the points are 0, ±1, ±2 and ∞; with these the error is a third): m outputs of a kernel of r = 7 − m taps need six products instead of m·r. Every lane of a vector is a channel.
/// </summary>
/// <remarks>
/// With E the values of a polynomial at the points and N their products of differences, in one dimension and in Lavin's names: A = E for m
/// coefficients, G = N⁻¹·E for r coefficients, and the transform of data is Bᵀ. A plane is transformed along its columns, then along its rows.
/// </remarks>
internal static unsafe class WinogradTransform<T, TVector, TSimd>
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>Points, and so products per output tile and axis.</summary>
    public const int Points = 6;

    private const double Near = 5.0 / 8, Far = 3.0 / 2, NearSquare = Near * Near, FarSquare = Far * Far;

    /// <summary>Products per output tile.</summary>
    public const int Products = Points * Points;

    /// <summary>Bᵀ·d·B of six by six pixels.</summary>
    /// <param name="d">The first pixel.</param>
    /// <param name="rowStep">Distance of rows.</param>
    /// <param name="columnStep">Distance of columns.</param>
    /// <param name="between">Room for <see cref="Products"/> vectors.</param>
    /// <param name="to">The first result.</param>
    /// <param name="step">Distance of results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Data(T* d, nint rowStep, nint columnStep, T* between, T* to, nint step)
    {
        int n = TSimd.Count;
        for (int column = 0; column < Points; column++)
            Data(d + (column * columnStep), rowStep, between + (column * n), Points * n);
        for (int row = 0; row < Points; row++)
            Data(between + (row * Points * n), n, to + (row * Points * step), step);
    }

    /// <summary>E·c·Eᵀ: the values of a polynomial in two variables at all pairs of points, times a factor for each.</summary>
    /// <typeparam name="TTerms">Coefficients along each axis, 2 to 5.</typeparam>
    /// <param name="c">The first coefficient.</param>
    /// <param name="rowStep">Distance of rows.</param>
    /// <param name="columnStep">Distance of columns.</param>
    /// <param name="factors">One factor for each result, or null.</param>
    /// <param name="between">Room for <see cref="Products"/> vectors.</param>
    /// <param name="to">The first result.</param>
    /// <param name="step">Distance of results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Evaluate<TTerms>(T* c, nint rowStep, nint columnStep, T* factors, T* between, T* to, nint step)
        where TTerms : struct, IRows
    {
        int n = TSimd.Count;
        for (int column = 0; column < TTerms.Count; column++)
            Evaluate<TTerms>(c + (column * columnStep), rowStep, between + (column * n), TTerms.Count * n);
        for (int row = 0; row < Points; row++)
            Evaluate<TTerms>(between + (row * TTerms.Count * n), n, to + (row * Points * step), step);
        for (int i = 0; factors is not null && i < Products; i++, to += step)
            TSimd.Store(TSimd.Multiply(TSimd.Load(to), TSimd.Broadcast(factors[i])), to);
    }

    /// <summary>Eᵀ·v·E: the adjoint of <see cref="Evaluate{TTerms}(T*, nint, nint, T*, T*, T*, nint)"/>, from all pairs of points to coefficients.</summary>
    /// <typeparam name="TTerms">Coefficients along each axis, 2 to 5.</typeparam>
    /// <param name="v">The first value.</param>
    /// <param name="step">Distance of values.</param>
    /// <param name="between">Room for <see cref="Products"/> vectors.</param>
    /// <param name="to">The first coefficient.</param>
    /// <param name="rowStep">Distance of rows.</param>
    /// <param name="columnStep">Distance of columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect<TTerms>(T* v, nint step, T* between, T* to, nint rowStep, nint columnStep)
        where TTerms : struct, IRows
    {
        int n = TSimd.Count;
        for (int column = 0; column < Points; column++)
            Collect<TTerms>(v + (column * step), Points * step, between + (column * n), Points * n);
        for (int row = 0; row < TTerms.Count; row++)
            Collect<TTerms>(between + (row * Points * n), n, to + (row * rowStep), columnStep);
    }

    /// <summary>The factors N⁻¹·N⁻ᵀ that belong to the weights: the inverse product of a point's differences to the other finite ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Factors(T* factors)
    {
        double near = 1 / (2 * NearSquare * (NearSquare - FarSquare)), far = 1 / (2 * FarSquare * (FarSquare - NearSquare));
        ReadOnlySpan<double> inverse = [1 / (NearSquare * FarSquare), near, near, far, far, 1];
        for (int i = 0; i < Products; i++)
            factors[i] = T.CreateTruncating(inverse[i / Points] * inverse[i % Points]);
    }

    // Rows of Bᵀ are the coefficients of Π (z − q) over the finite points q other than the row's own; for ∞, over all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Data(T* from, nint step, T* to, nint toStep)
    {
        TVector nearSquare = Number(-NearSquare), farSquare = Number(-FarSquare), sum = Number(-NearSquare - FarSquare), product = Number(NearSquare * FarSquare);
        TVector d0 = TSimd.Load(from), d1 = TSimd.Load(from + step), d2 = TSimd.Load(from + (2 * step));
        TVector d3 = TSimd.Load(from + (3 * step)), d4 = TSimd.Load(from + (4 * step)), d5 = TSimd.Load(from + (5 * step));
        TVector nearEven = TSimd.MultiplyAdd(farSquare, d2, d4), nearOdd = TSimd.Multiply(Number(Near), TSimd.MultiplyAdd(farSquare, d1, d3));
        TVector farEven = TSimd.MultiplyAdd(nearSquare, d2, d4), farOdd = TSimd.Multiply(Number(Far), TSimd.MultiplyAdd(nearSquare, d1, d3));
        TSimd.Store(TSimd.MultiplyAdd(product, d0, TSimd.MultiplyAdd(sum, d2, d4)), to);
        TSimd.Store(TSimd.Add(nearEven, nearOdd), to + toStep);
        TSimd.Store(TSimd.Subtract(nearEven, nearOdd), to + (2 * toStep));
        TSimd.Store(TSimd.Add(farEven, farOdd), to + (3 * toStep));
        TSimd.Store(TSimd.Subtract(farEven, farOdd), to + (4 * toStep));
        TSimd.Store(TSimd.MultiplyAdd(product, d1, TSimd.MultiplyAdd(sum, d3, d5)), to + (5 * toStep));
    }

    // Even and odd powers apart: they agree up to the sign at opposite points.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Evaluate<TTerms>(T* from, nint step, T* to, nint toStep)
        where TTerms : struct, IRows
    {
        TVector c0 = TSimd.Load(from), c1 = TSimd.Load(from + step), last = c1;
        TVector nearEven = c0, farEven = c0, nearOdd = TSimd.Multiply(Number(Near), c1), farOdd = TSimd.Multiply(Number(Far), c1);
        if (TTerms.Count > 2)
        {
            last = TSimd.Load(from + (2 * step));
            nearEven = TSimd.MultiplyAdd(Number(NearSquare), last, nearEven);
            farEven = TSimd.MultiplyAdd(Number(FarSquare), last, farEven);
        }

        if (TTerms.Count > 3)
        {
            last = TSimd.Load(from + (3 * step));
            nearOdd = TSimd.MultiplyAdd(Number(NearSquare * Near), last, nearOdd);
            farOdd = TSimd.MultiplyAdd(Number(FarSquare * Far), last, farOdd);
        }

        if (TTerms.Count > 4)
        {
            last = TSimd.Load(from + (4 * step));
            nearEven = TSimd.MultiplyAdd(Number(NearSquare * NearSquare), last, nearEven);
            farEven = TSimd.MultiplyAdd(Number(FarSquare * FarSquare), last, farEven);
        }

        TSimd.Store(c0, to);
        TSimd.Store(TSimd.Add(nearEven, nearOdd), to + toStep);
        TSimd.Store(TSimd.Subtract(nearEven, nearOdd), to + (2 * toStep));
        TSimd.Store(TSimd.Add(farEven, farOdd), to + (3 * toStep));
        TSimd.Store(TSimd.Subtract(farEven, farOdd), to + (4 * toStep));
        TSimd.Store(last, to + (5 * toStep));
    }

    // Term k is Σ over points of pᵏ·v(p); at ∞ the last term alone is not 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Collect<TTerms>(T* from, nint step, T* to, nint toStep)
        where TTerms : struct, IRows
    {
        TVector v0 = TSimd.Load(from), v1 = TSimd.Load(from + step), v2 = TSimd.Load(from + (2 * step));
        TVector v3 = TSimd.Load(from + (3 * step)), v4 = TSimd.Load(from + (4 * step)), v5 = TSimd.Load(from + (5 * step));
        TVector nearEven = TSimd.Add(v1, v2), nearOdd = TSimd.Subtract(v1, v2), farEven = TSimd.Add(v3, v4), farOdd = TSimd.Subtract(v3, v4);
        TSimd.Store(TSimd.Add(v0, TSimd.Add(nearEven, farEven)), to);
        TSimd.Store(Term<TTerms>(1, Near, nearOdd, Far, farOdd, v5), to + toStep);
        if (TTerms.Count > 2)
            TSimd.Store(Term<TTerms>(2, NearSquare, nearEven, FarSquare, farEven, v5), to + (2 * toStep));
        if (TTerms.Count > 3)
            TSimd.Store(Term<TTerms>(3, NearSquare * Near, nearOdd, FarSquare * Far, farOdd, v5), to + (3 * toStep));
        if (TTerms.Count > 4)
            TSimd.Store(Term<TTerms>(4, NearSquare * NearSquare, nearEven, FarSquare * FarSquare, farEven, v5), to + (4 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Term<TTerms>(int power, double nearFactor, TVector near, double farFactor, TVector far, TVector atInfinity)
        where TTerms : struct, IRows
    {
        TVector sum = TSimd.MultiplyAdd(Number(farFactor), far, TSimd.Multiply(Number(nearFactor), near));
        return power == TTerms.Count - 1 ? TSimd.Add(sum, atInfinity) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Number(double value) => TSimd.Broadcast(T.CreateTruncating(value));
}
