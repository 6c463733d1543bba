using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Long short-term memory: blocks i, o, f, g, and kept with them the cell.</summary>
internal readonly unsafe struct LstmCell : IRecurrentCell
{
    public static int Gates => 4;

    public static int Blocks => 4;

    public static int Kept => 5;

    public static int First => 0;

    public static int Split => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TVector, TSimd>(T* sums, nint stride, T* h, T* c, bool keeps)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        // A division takes as long as an exponential, so the three that the cell needs are one, and the two of the result: 1/a = b·(1/ab). What is NaN makes all that comes of it NaN in any case.
        TVector one = TSimd.Broadcast(T.One);
        TVector ofInput = SimdMath.SigmoidDenominator<T, TVector, TSimd>(TSimd.Load(sums)), ofForget = SimdMath.SigmoidDenominator<T, TVector, TSimd>(TSimd.Load(sums + (2 * stride)));
        TVector fresh = SimdMath.TanhFraction<T, TVector, TSimd>(TSimd.Load(sums + (3 * stride)), out TVector ofFresh);
        TVector both = TSimd.Multiply(ofInput, ofForget), inverse = TSimd.Divide(one, TSimd.Multiply(both, ofFresh)), ofBoth = TSimd.Multiply(inverse, ofFresh);
        TVector input = TSimd.Multiply(ofBoth, ofForget), forget = TSimd.Multiply(ofBoth, ofInput);
        fresh = TSimd.Multiply(fresh, TSimd.Multiply(inverse, both));
        TVector cell = TSimd.MultiplyAdd(forget, TSimd.Load(c), TSimd.Multiply(input, fresh));
        TSimd.Store(cell, c);
        TVector ofOutput = SimdMath.SigmoidDenominator<T, TVector, TSimd>(TSimd.Load(sums + stride));
        TVector bent = SimdMath.TanhFraction<T, TVector, TSimd>(cell, out TVector ofBent);
        inverse = TSimd.Divide(one, TSimd.Multiply(ofOutput, ofBent));
        TVector output = TSimd.Multiply(inverse, ofBent);
        TSimd.Store(TSimd.Multiply(output, TSimd.Multiply(bent, TSimd.Multiply(inverse, ofOutput))), h);
        if (!keeps)
            return;
        TSimd.Store(input, sums);
        TSimd.Store(output, sums + stride);
        TSimd.Store(forget, sums + (2 * stride));
        TSimd.Store(fresh, sums + (3 * stride));
        TSimd.Store(cell, sums + (4 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TVector, TSimd>(
        T* kept, nint keptStride, T* before, T* cellBefore, T* outside, T* dh, T* dc, T* sums, nint stride)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector one = TSimd.Broadcast(T.One);
        TVector input = TSimd.Load(kept), output = TSimd.Load(kept + keptStride), forget = TSimd.Load(kept + (2 * keptStride)), fresh = TSimd.Load(kept + (3 * keptStride));
        TVector bent = SimdMath.Tanh<T, TVector, TSimd>(TSimd.Load(kept + (4 * keptStride)));
        TVector state = TSimd.Add(TSimd.Load(dh), TSimd.Load(outside));
        TVector cell = TSimd.Add(TSimd.Load(dc), TSimd.Multiply(TSimd.Multiply(state, output), TSimd.Subtract(one, TSimd.Multiply(bent, bent))));
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(cell, fresh), TSimd.Multiply(input, TSimd.Subtract(one, input))), sums);
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(state, bent), TSimd.Multiply(output, TSimd.Subtract(one, output))), sums + stride);
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(cell, TSimd.Load(cellBefore)), TSimd.Multiply(forget, TSimd.Subtract(one, forget))), sums + (2 * stride));
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(cell, input), TSimd.Subtract(one, TSimd.Multiply(fresh, fresh))), sums + (3 * stride));
        TSimd.Store(TSimd.Multiply(cell, forget), dc);
        TSimd.Store(TSimd.Zero, dh);
    }
}
