using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>What becomes of the places of a window, one after the other.</summary>
internal interface IPoolFold
{
    /// <summary>Gets what places of the padding hold, which changes nothing; the result of a window without places as well.</summary>
    static abstract float Padding { get; }

    /// <summary>Gets whether a NaN may be lost.</summary>
    static abstract bool PassesOverNaN { get; }

    /// <summary>The result with one more place.</summary>
    static abstract TVector With<TVector, TSimd>(TVector value, TVector result)
        where TVector : struct
        where TSimd : struct, ISimd<float, TVector>;
}

/// <summary>The maximum, of equal ones the first.</summary>
internal readonly struct MaxFold : IPoolFold
{
    public static float Padding => float.NegativeInfinity;

    public static bool PassesOverNaN => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector With<TVector, TSimd>(TVector value, TVector result)
        where TVector : struct
        where TSimd : struct, ISimd<float, TVector> => TSimd.Greater(value, result);
}

/// <summary>The sum.</summary>
internal readonly struct SumFold : IPoolFold
{
    public static float Padding => 0;

    public static bool PassesOverNaN => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector With<TVector, TSimd>(TVector value, TVector result)
        where TVector : struct
        where TSimd : struct, ISimd<float, TVector> => TSimd.Add(result, value);
}

/// <summary>How windows that stand side by side begin.</summary>
internal unsafe interface IWindowStride<TVector>
{
    /// <summary>Gets the elements from one to the next.</summary>
    static abstract int Step { get; }

    /// <summary>The first places of a vector of windows.</summary>
    static abstract TVector Load(float* x);
}

/// <summary>One element after the other.</summary>
internal readonly unsafe struct Neighbours<TVector, TSimd> : IWindowStride<TVector>
    where TVector : struct
    where TSimd : struct, ISimd<float, TVector>
{
    public static int Step => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(float* x) => TSimd.Load(x);
}

/// <summary>Two elements apart.</summary>
internal readonly unsafe struct EverySecond<TVector, TWindows> : IWindowStride<TVector>
    where TVector : struct
    where TWindows : struct, IWindows<TVector>
{
    public static int Step => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(float* x) => TWindows.Even(x);
}

/// <summary>A line of windows, each of places at equal distances.</summary>
internal static unsafe class PoolLine<TVector, TSimd, TFold>
    where TVector : struct
    where TSimd : struct, ISimd<float, TVector>
    where TFold : struct, IPoolFold
{
    /// <summary>Computes windows; several vectors of them in flight, since each step waits for the one before.</summary>
    /// <param name="x">The first place of the first window.</param>
    /// <param name="step">From one place of a window to the next.</param>
    /// <param name="places">The places of a window.</param>
    /// <param name="y">Receives the results; other memory than what is read.</param>
    /// <param name="windows">How many; at least those of a vector.</param>
    /// <param name="counts">What results are divided by after a multiplication by <paramref name="factor"/>, at least by 1; or null.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TStride>(float* x, nint step, int places, float* y, nint windows, float* counts, float factor)
        where TStride : struct, IWindowStride<TVector>
    {
        nint lanes = TSimd.Count, i = 0;
        for (; i <= windows - (4 * lanes); i += 4 * lanes)
        {
            float* at = x + (i * TStride.Step);
            TVector start = TSimd.Broadcast(TFold.Padding), a = start, b = start, c = start, d = start;
            for (int place = 0; place < places; place++, at += step)
            {
                a = TFold.With<TVector, TSimd>(TStride.Load(at), a);
                b = TFold.With<TVector, TSimd>(TStride.Load(at + (lanes * TStride.Step)), b);
                c = TFold.With<TVector, TSimd>(TStride.Load(at + (2 * lanes * TStride.Step)), c);
                d = TFold.With<TVector, TSimd>(TStride.Load(at + (3 * lanes * TStride.Step)), d);
            }

            Store(a, y, i, counts, factor);
            Store(b, y, i + lanes, counts, factor);
            Store(c, y, i + (2 * lanes), counts, factor);
            Store(d, y, i + (3 * lanes), counts, factor);
        }

        // The last ones overlap those before: equal windows give equal results.
        while (i < windows)
        {
            nint first = Math.Min(i, windows - lanes), second = Math.Min(first + lanes, windows - lanes);
            float* at = x + (first * TStride.Step), beside = x + (second * TStride.Step);
            TVector a = TSimd.Broadcast(TFold.Padding), b = a;
            for (int place = 0; place < places; place++, at += step, beside += step)
            {
                a = TFold.With<TVector, TSimd>(TStride.Load(at), a);
                b = TFold.With<TVector, TSimd>(TStride.Load(beside), b);
            }

            Store(a, y, first, counts, factor);
            Store(b, y, second, counts, factor);
            i = second + lanes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector result, float* y, nint at, float* counts, float factor)
    {
        if (counts is not null)
            result = TSimd.Divide(result, TSimd.Greater(TSimd.Multiply(TSimd.Load(counts + at), TSimd.Broadcast(factor)), TSimd.Broadcast(1)));
        TSimd.Store(result, y + at);
    }
}
