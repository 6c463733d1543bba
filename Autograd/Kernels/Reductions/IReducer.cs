using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>A reduction as a type argument: how two results become one.</summary>
internal interface IReducer<T>
    where T : unmanaged
{
    /// <summary>Gets the result for no elements.</summary>
    static abstract T Identity { get; }

    /// <summary>Joins two partial results.</summary>
    static abstract T Combine(T left, T right);

    /// <summary>Joins two partial results.</summary>
    static abstract Vector<T> Combine(Vector<T> left, Vector<T> right);
}

internal readonly struct SumReducer<T> : IReducer<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T left, T right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Combine(Vector<T> left, Vector<T> right) => left + right;
}

internal readonly struct ProdReducer<T> : IReducer<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T left, T right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Combine(Vector<T> left, Vector<T> right) => left * right;
}

internal readonly struct MaxReducer<T> : IReducer<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    // For floating point −∞: one over negative zero, since the smallest finite value is not the identity.
    public static T Identity => T.IsNegative(-T.Zero) ? T.One / -T.Zero : T.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T left, T right) => T.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Combine(Vector<T> left, Vector<T> right) => Vector.Max(left, right);
}

internal readonly struct MinReducer<T> : IReducer<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Identity => T.IsNegative(-T.Zero) ? T.One / T.Zero : T.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T left, T right) => T.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Combine(Vector<T> left, Vector<T> right) => Vector.Min(left, right);
}
