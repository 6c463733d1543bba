using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>A gated recurrent unit whose reset gate is applied to the state before the product: blocks z, r, n, of which the last waits for the second.</summary>
internal readonly unsafe struct ResetGruCell : IRecurrentCell
{
    public static int Gates => 3;

    public static int Blocks => 3;

    public static int Kept => 3;

    public static int First => 0;

    public static int Split => 3;

    public static int Late => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reset<T, TVector, TSimd>(T* sums, nint stride, T* h, T* changed)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector reset = SimdMath.Sigmoid<T, TVector, TSimd>(TSimd.Load(sums + stride));
        TSimd.Store(reset, sums + stride);
        TSimd.Store(TSimd.Multiply(reset, TSimd.Load(h)), changed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TVector, TSimd>(T* sums, nint stride, T* h, T* c, bool keeps)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector update = SimdMath.Sigmoid<T, TVector, TSimd>(TSimd.Load(sums)), fresh = SimdMath.Tanh<T, TVector, TSimd>(TSimd.Load(sums + (2 * stride)));
        TSimd.Store(TSimd.MultiplyAdd(update, TSimd.Load(h), TSimd.Multiply(TSimd.Subtract(TSimd.Broadcast(T.One), update), fresh)), h);
        if (!keeps)
            return;
        TSimd.Store(update, sums);
        TSimd.Store(fresh, sums + (2 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TVector, TSimd>(
        T* kept, nint keptStride, T* before, T* cellBefore, T* outside, T* dh, T* dc, T* sums, nint stride)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector one = TSimd.Broadcast(T.One), update = TSimd.Load(kept), fresh = TSimd.Load(kept + (2 * keptStride));
        TVector state = TSimd.Add(TSimd.Load(dh), TSimd.Load(outside)), left = TSimd.Subtract(one, update);
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(state, TSimd.Subtract(TSimd.Load(before), fresh)), TSimd.Multiply(update, left)), sums);
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(state, left), TSimd.Subtract(one, TSimd.Multiply(fresh, fresh))), sums + (2 * stride));
        TSimd.Store(TSimd.Multiply(state, update), dh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardReset<T, TVector, TSimd>(T* kept, nint keptStride, T* before, T* ofChanged, T* dh, T* sums, nint stride, T* changed)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector reset = TSimd.Load(kept + keptStride), state = TSimd.Load(before), gradient = TSimd.Load(ofChanged);
        TVector slope = TSimd.Multiply(reset, TSimd.Subtract(TSimd.Broadcast(T.One), reset));
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(gradient, state), slope), sums + stride);
        TSimd.Store(TSimd.MultiplyAdd(gradient, reset, TSimd.Load(dh)), dh);
        TSimd.Store(TSimd.Multiply(reset, state), changed);
    }
}
