using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>A simple recurrent unit: one block. The slope follows from the result.</summary>
/// <typeparam name="TActivation">The activation.</typeparam>
internal readonly unsafe struct SimpleCell<TActivation> : IRecurrentCell
    where TActivation : struct, IRecurrentFunction
{
    public static int Gates => 1;

    public static int Blocks => 1;

    public static int Kept => 0;

    public static int First => 0;

    public static int Split => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TVector, TSimd>(T* sums, nint stride, T* h, T* c, bool keeps)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => TSimd.Store(TActivation.Of<T, TVector, TSimd>(TSimd.Load(sums)), h);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TVector, TSimd>(
        T* kept, nint keptStride, T* before, T* cellBefore, T* outside, T* dh, T* dc, T* sums, nint stride)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TSimd.Store(TActivation.Through<T, TVector, TSimd>(TSimd.Add(TSimd.Load(dh), TSimd.Load(outside)), TSimd.Load(kept)), sums);
        TSimd.Store(TSimd.Zero, dh);
    }
}

/// <summary>An activation whose slope follows from its result.</summary>
internal interface IRecurrentFunction : IVectorFunction
{
    /// <summary>The gradient of the argument: that of the result times the slope.</summary>
    static abstract TVector Through<T, TVector, TSimd>(TVector gradient, TVector y)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>;
}

/// <summary>tanh x.</summary>
internal readonly struct RecurrentTanh : IRecurrentFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => SimdMath.Tanh<T, TVector, TSimd>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Through<T, TVector, TSimd>(TVector gradient, TVector y)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => TSimd.Multiply(gradient, TSimd.Subtract(TSimd.Broadcast(T.One), TSimd.Multiply(y, y)));
}

/// <summary>max(x, 0); nothing passes where the result is 0.</summary>
internal readonly struct RecurrentRelu : IRecurrentFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<T, TVector, TSimd>(TVector x)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => TSimd.Relu(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Through<T, TVector, TSimd>(TVector gradient, TVector y)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => TSimd.SelectLess(TSimd.Zero, y, gradient, TSimd.Zero);
}
