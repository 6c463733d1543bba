using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>A function of one number as a type argument, on vectors of any width.</summary>
internal interface IVectorFunction
{
    static abstract TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>;
}

/// <summary>Applies functions of one number to many. A number's result does not depend on its place: the last few go through a whole vector too.</summary>
internal static unsafe class VectorFunctions
{
    /// <summary>y = f(x) on the calling thread; T is float or double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<T, TFunction>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, INumber<T>
        where TFunction : struct, IVectorFunction => Apply<T, TFunction>(SimdWidths.Best, x, y);

    /// <summary>y = f(x) with vectors of a given width.</summary>
    public static void Apply<T, TFunction>(SimdWidth width, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, INumber<T>
        where TFunction : struct, IVectorFunction
    {
        if (y.Length < x.Length)
            throw new ArgumentException($"{x.Length} values need as much room; there is room for {y.Length}.", nameof(y));
        fixed (T* px = x, py = y)
        {
            switch (SimdWidths.Compiled(width))
            {
                case SimdWidth.Vector512: Run<T, Vector512<T>, Simd512<T>, TFunction>(px, py, x.Length); break;
                case SimdWidth.Vector256: Run<T, Vector256<T>, Simd256<T>, TFunction>(px, py, x.Length); break;
                default: Run<T, Vector128<T>, Simd128<T>, TFunction>(px, py, x.Length); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T, TVector, TSimd, TFunction>(T* x, T* y, int count)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TFunction : struct, IVectorFunction
    {
        int i = 0;
        for (; i <= count - TSimd.Count; i += TSimd.Count)
            TSimd.Store(TFunction.Of<T, TVector, TSimd>(TSimd.Load(x + i)), y + i);
        if (i == count)
            return;

        T* rest = stackalloc T[TSimd.Count];
        new Span<T>(rest, TSimd.Count).Clear();
        new ReadOnlySpan<T>(x + i, count - i).CopyTo(new Span<T>(rest, TSimd.Count));
        TSimd.Store(TFunction.Of<T, TVector, TSimd>(TSimd.Load(rest)), rest);
        new ReadOnlySpan<T>(rest, count - i).CopyTo(new Span<T>(y + i, count - i));
    }
}

/// <summary>erf(x) = 2/√π ∫₀ˣ exp(−t²) dt.</summary>
/// <remarks>Error below 2·10⁻⁷ in single and near 10⁻¹⁶ in double precision. erf(±∞) = ±1, erf(NaN) = NaN, erf(−0) = −0.</remarks>
internal readonly struct ErfFunction : IVectorFunction
{
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.Erf<T, TVector, TSimd>(x);
}

/// <summary>1 − erf(x).</summary>
/// <remarks>Relative error some units in the last place, and of x² where the result is small. 2 at −∞, 0 at ∞, NaN stays.</remarks>
internal readonly struct ErfcFunction : IVectorFunction
{
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.Erfc<T, TVector, TSimd>(x);
}

/// <summary>eˣ.</summary>
internal readonly struct ExpFunction : IVectorFunction
{
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.Exp<T, TVector, TSimd>(x);
}

/// <summary>eˣ − 1.</summary>
internal readonly struct ExpM1Function : IVectorFunction
{
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.ExpM1<T, TVector, TSimd>(x);
}

/// <summary>sech²x.</summary>
internal readonly struct SquaredSechFunction : IVectorFunction
{
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.SquaredSech<T, TVector, TSimd>(x);
}

/// <summary>tanh x.</summary>
internal readonly struct TanhFunction : IVectorFunction
{
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.Tanh<T, TVector, TSimd>(x);
}

/// <summary>σ(x) = 1/(1 + e⁻ˣ).</summary>
internal readonly struct SigmoidFunction : IVectorFunction
{
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.Sigmoid<T, TVector, TSimd>(x);
}
