using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Elementary functions on vectors of any width. T is float or double.</summary>
internal static class SimdMath
{
    /// <summary>eˣ: relative error about one unit in the last place; e⁰ is exactly 1, overflow gives ∞, underflow is gradual, NaN stays.</summary>
    /// <remarks>
    /// x = n·ln 2 + r with |r| ≤ ln 2 / 2, then eʳ = 1 + r + r²·q(r), q a minimax polynomial, ln 2 in two parts (Cody and Waite 1980).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector fraction = Reduced<T, TVector, TSimd>(x, out TVector shifted);
        return TSimd.Scale(TSimd.Add(fraction, C<T, TVector, TSimd>(1)), shifted);
    }

    /// <summary>eˣ − 1 to about two units in the last place, however small x is; −1 at −∞, overflow gives ∞, NaN and −0 stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpM1<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        // With x = n·ln 2 + r it is 2ⁿ(eʳ − 1) + (2ⁿ − 1), where nothing cancels; far above 0, where 2ⁿ may overflow before eˣ does, the 1 does not matter.
        TVector one = C<T, TVector, TSimd>(1), fraction = Reduced<T, TVector, TSimd>(x, out TVector shifted);
        TVector near = TSimd.Add(TSimd.Scale(fraction, shifted), TSimd.Subtract(TSimd.Scale(one, shifted), one));
        TVector far = TSimd.Subtract(TSimd.Scale(TSimd.Add(fraction, one), shifted), one);
        return TSimd.CopySign(TSimd.SelectLess(x, C<T, TVector, TSimd>(40), near, far), x);
    }

    /// <summary>sech²x = 4t/(1 + t)² with t = e^(−2|x|): some units in the last place, however small the result; 0 at ±∞, NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SquaredSech<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector t = Exp<T, TVector, TSimd>(TSimd.Multiply(C<T, TVector, TSimd>(-2), TSimd.Abs(x))), sum = TSimd.Add(C<T, TVector, TSimd>(1), t);
        return TSimd.Divide(TSimd.Multiply(C<T, TVector, TSimd>(4), t), TSimd.Multiply(sum, sum));
    }

    /// <summary>tanh x = −t/(t + 2) with t = e^(−2|x|) − 1 and the sign of x: a few units in the last place, however small x is. ±1 at ±∞, NaN and −0 stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector above = TanhFraction<T, TVector, TSimd>(x, out TVector below);
        return TSimd.Divide(above, below);
    }

    /// <summary>tanh x as a fraction, whose denominator is from 1 to 2: to divide by it together with others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector TanhFraction<T, TVector, TSimd>(TVector x, out TVector below)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        // As in ExpM1, with an exponent that is never above 0: 2ⁿ does not overflow, and where it underflows t is −1.
        TVector one = C<T, TVector, TSimd>(1), fraction = Reduced<T, TVector, TSimd>(TSimd.Multiply(C<T, TVector, TSimd>(-2), TSimd.Abs(x)), out TVector shifted);
        TVector power = TSimd.Scale(one, shifted), t = TSimd.MultiplyAdd(fraction, power, TSimd.Subtract(power, one));
        below = TSimd.Add(t, C<T, TVector, TSimd>(2));
        return TSimd.CopySign(t, x);
    }

    /// <summary>σ(x) = 1/(1 + e⁻ˣ) to a few units in the last place; 0 at −∞, 1 at ∞, NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector one = C<T, TVector, TSimd>(1);
        return TSimd.Divide(one, TSimd.Add(one, Exp<T, TVector, TSimd>(TSimd.Subtract(TSimd.Zero, x))));
    }

    /// <summary>1 + e⁻ˣ, of which σ(x) is the inverse: to divide by it together with others. Below −43 as at −43, so that the product of two is a number of single precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SigmoidDenominator<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector low = C<T, TVector, TSimd>(-43);
        return TSimd.Add(C<T, TVector, TSimd>(1), Exp<T, TVector, TSimd>(TSimd.Subtract(TSimd.Zero, TSimd.Greater(low, x))));
    }

    // eʳ − 1 for x = n·ln 2 + r; n is in the low bits of shifted. x is cut off where its exponential is 0 or ∞.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Reduced<T, TVector, TSimd>(TVector x, out TVector shifted)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        bool single = typeof(T) == typeof(float);
        TVector high = C<T, TVector, TSimd>(single ? 90 : 711), low = C<T, TVector, TSimd>(single ? -105 : -747);
        x = TSimd.Greater(low, TSimd.Less(high, x));
        TVector shift = C<T, TVector, TSimd>(single ? 12582912 : 6755399441055744);
        shifted = TSimd.MultiplyAdd(x, C<T, TVector, TSimd>(1.4426950408889634), shift);
        TVector n = TSimd.Subtract(shifted, shift);
        TVector r = TSimd.MultiplyAdd(n, C<T, TVector, TSimd>(single ? -0.693359375 : -0.693145751953125), x);
        r = TSimd.MultiplyAdd(n, C<T, TVector, TSimd>(single ? 2.1219444005469058e-4 : -1.4286068203094172e-6), r);
        TVector q;
        if (typeof(T) == typeof(float))
        {
            q = C<T, TVector, TSimd>(0.0013813179469705657729);
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.0083694188332500709616));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.041668456224094091963));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.16666514792143051374));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.49999993052462852147));
        }
        else
        {
            q = C<T, TVector, TSimd>(2.4998991970606541924e-8);
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(2.7631687324387000289e-7));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(2.7557597187458399969e-6));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.000024801489352297408368));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.00019841269486162529556));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.0013888888946919983981));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.0083333333335076595869));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.041666666666519152794));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.16666666666666386307));
            q = TSimd.MultiplyAdd(q, r, C<T, TVector, TSimd>(0.50000000000000117013));
        }

        return TSimd.MultiplyAdd(TSimd.Multiply(r, r), q, r);
    }

    /// <summary>
    /// erf(x). Single: minimax polynomials for erf(x)/x below 1 and ln erfc(x) above, error below 2·10⁻⁷. Double: Cody 1969 (Rational
    /// Chebyshev approximations for the error function, Mathematics of Computation 23), error near 10⁻¹⁶.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        bool single = typeof(T) == typeof(float);
        TVector a = TSimd.Abs(x), end = C<T, TVector, TSimd>(single ? 4 : 6);
        a = TSimd.Less(end, a);
        TVector square = TSimd.Multiply(a, a), small, tail;
        if (typeof(T) == typeof(float))
        {
            small = Polynomial<T, TVector, TSimd>(
                square, [7.85385136572e-5, -0.00080101905488, 0.00518832732623, -0.0268538117393, 0.112835851438, -0.376126258238, 1.12837916573]);
            tail = Exp<T, TVector, TSimd>(Polynomial<T, TVector, TSimd>(
                a, [0.000191502532831, -0.00299952584959, 0.0220519413803, -0.103566781552, -0.6376001588, -1.12742601796, -0.000256461521312]));
        }
        else
        {
            small = SmallFraction<T, TVector, TSimd>(square);
            tail = TSimd.Multiply(Exp<T, TVector, TSimd>(TSimd.Subtract(TSimd.Zero, square)), TailFraction<T, TVector, TSimd>(a));
        }

        TVector large = TSimd.CopySign(TSimd.Subtract(C<T, TVector, TSimd>(1), tail), x);
        return TSimd.SelectLess(a, C<T, TVector, TSimd>(single ? 1 : 0.46875), TSimd.Multiply(x, small), large);
    }

    /// <summary>
    /// erfc(x) = 1 − erf(x) with a small relative error however small it is: 2 at −∞, 0 at ∞, NaN stays. Single: t·exp(−x² + p(t)) with t = 1/(1 + |x|/2) and a polynomial p, in the manner of Hastings
    /// 1955. Double: Cody 1969 as in <see cref="Erf"/>, above 4 by its expansion in 1/x².
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erfc<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        bool single = typeof(T) == typeof(float);

        // Beyond it is 0 in every type, and a square of more would be infinite.
        TVector a = TSimd.Abs(x), end = C<T, TVector, TSimd>(single ? 11 : 28), one = C<T, TVector, TSimd>(1), zero = TSimd.Zero, tail;
        a = TSimd.Less(end, a);
        TVector square = TSimd.Multiply(a, a);
        if (typeof(T) == typeof(float))
        {
            TVector t = TSimd.Divide(one, TSimd.MultiplyAdd(C<T, TVector, TSimd>(0.5), a, one));
            tail = TSimd.Multiply(t, Exp<T, TVector, TSimd>(TSimd.Subtract(Polynomial<T, TVector, TSimd>(t, [0.152171282541, -0.720157548403, 1.24898503157, -0.818536591693, 0.0203504912541, -0.0518615178381, 0.0525327003042, 0.382924553575, 0.999060409202, -1.26546875785]), square)));
        }
        else
        {
            TVector inverse = TSimd.Divide(one, square);
            TVector far = TSimd.Divide(
                TSimd.Subtract(C<T, TVector, TSimd>(0.56418958354775628695), TSimd.Multiply(inverse, FarFraction<T, TVector, TSimd>(inverse))), a);
            TVector fraction = TSimd.SelectLess(a, C<T, TVector, TSimd>(4), TailFraction<T, TVector, TSimd>(a), far);
            tail = TSimd.Multiply(Exp<T, TVector, TSimd>(TSimd.Subtract(zero, square)), fraction);
            TVector near = TSimd.Subtract(one, TSimd.Multiply(a, SmallFraction<T, TVector, TSimd>(square)));
            tail = TSimd.SelectLess(a, C<T, TVector, TSimd>(0.46875), near, tail);
        }

        return TSimd.SelectLess(x, zero, TSimd.Subtract(C<T, TVector, TSimd>(2), tail), tail);
    }

    // erf(x)/x for |x| below 0.46875 by x².
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SmallFraction<T, TVector, TSimd>(TVector square)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => TSimd.Divide(
            Polynomial<T, TVector, TSimd>(
                square, [1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3]),
            Polynomial<T, TVector, TSimd>(
                square, [1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3]));

    // erfc(x)·e^x² for x from 0.46875 to 4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector TailFraction<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => TSimd.Divide(
            Polynomial<T, TVector, TSimd>(
                x,
                [
                    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
                    8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
                ]),
            Polynomial<T, TVector, TSimd>(
                x,
                [
                    1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
                    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
                ]));

    // (1/√π − erfc(x)·x·e^x²)·x² for x above 4 by 1/x².
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector FarFraction<T, TVector, TSimd>(TVector inverse)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => TSimd.Divide(
            Polynomial<T, TVector, TSimd>(
                inverse,
                [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4]),
            Polynomial<T, TVector, TSimd>(
                inverse, [1.0, 2.56852019228982242e0, 1.87295284992346047e0, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3]));

    // Horner's rule, highest power first, for up to ten coefficients. There is no loop: in one each constant would be converted and spread over again for every vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Polynomial<T, TVector, TSimd>(TVector x, ReadOnlySpan<double> coefficients)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector sum = C<T, TVector, TSimd>(coefficients[0]);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 1);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 2);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 3);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 4);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 5);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 6);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 7);
        sum = Next<T, TVector, TSimd>(sum, x, coefficients, 8);
        return Next<T, TVector, TSimd>(sum, x, coefficients, 9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Next<T, TVector, TSimd>(TVector sum, TVector x, ReadOnlySpan<double> coefficients, int index)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => index < coefficients.Length ? TSimd.MultiplyAdd(sum, x, C<T, TVector, TSimd>(coefficients[index])) : sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector C<T, TVector, TSimd>(double value)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => typeof(T) == typeof(float)
            ? TSimd.Broadcast(Unsafe.BitCast<float, T>((float)value))
            : TSimd.Broadcast(Unsafe.BitCast<double, T>(value));
}
