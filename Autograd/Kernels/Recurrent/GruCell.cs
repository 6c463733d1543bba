using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>A gated recurrent unit whose reset gate is applied after the product: blocks n, z, r and the product q of the state that r is applied to, so that the products with
/// the state lie side by side.</summary>
internal readonly unsafe struct GruCell : IRecurrentCell
{
    public static int Gates => 3;

    public static int Blocks => 4;

    public static int Kept => 4;

    public static int First => 1;

    public static int Split => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TVector, TSimd>(T* sums, nint stride, T* h, T* c, bool keeps)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector update = SimdMath.Sigmoid<T, TVector, TSimd>(TSimd.Load(sums + stride));
        TVector reset = SimdMath.Sigmoid<T, TVector, TSimd>(TSimd.Load(sums + (2 * stride)));
        TVector fresh = SimdMath.Tanh<T, TVector, TSimd>(TSimd.MultiplyAdd(reset, TSimd.Load(sums + (3 * stride)), TSimd.Load(sums)));
        TSimd.Store(TSimd.MultiplyAdd(update, TSimd.Load(h), TSimd.Multiply(TSimd.Subtract(TSimd.Broadcast(T.One), update), fresh)), h);
        if (!keeps)
            return;
        TSimd.Store(fresh, sums);
        TSimd.Store(update, sums + stride);
        TSimd.Store(reset, sums + (2 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TVector, TSimd>(
        T* kept, nint keptStride, T* before, T* cellBefore, T* outside, T* dh, T* dc, T* sums, nint stride)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector one = TSimd.Broadcast(T.One);
        TVector fresh = TSimd.Load(kept), update = TSimd.Load(kept + keptStride), reset = TSimd.Load(kept + (2 * keptStride)), product = TSimd.Load(kept + (3 * keptStride));
        TVector state = TSimd.Add(TSimd.Load(dh), TSimd.Load(outside));
        TVector left = TSimd.Subtract(one, update);
        TVector bent = TSimd.Multiply(TSimd.Multiply(state, left), TSimd.Subtract(one, TSimd.Multiply(fresh, fresh)));
        TSimd.Store(bent, sums);
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(state, TSimd.Subtract(TSimd.Load(before), fresh)), TSimd.Multiply(update, left)), sums + stride);
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(bent, product), TSimd.Multiply(reset, TSimd.Subtract(one, reset))), sums + (2 * stride));
        TSimd.Store(TSimd.Multiply(bent, reset), sums + (3 * stride));
        TSimd.Store(TSimd.Multiply(state, update), dh);
    }
}
