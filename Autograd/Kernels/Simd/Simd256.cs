using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Operations on 256-bit vectors.</summary>
internal readonly unsafe struct Simd256<T> : ISimd<T, Vector256<T>>
    where T : unmanaged, INumber<T>
{
    public static int Count => Vector256<T>.Count;

    public static int MaxRows => 6;

    public static Vector256<T> Zero => Vector256<T>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load(T* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<T> value, T* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(T* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchFar(T* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Broadcast(T value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Add(Vector256<T> left, Vector256<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Subtract(Vector256<T> left, Vector256<T> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Multiply(Vector256<T> left, Vector256<T> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> left, Vector256<T> right, Vector256<T> addend)
    {
        if (typeof(T) == typeof(int))
            return (left * right) + addend;
        if (typeof(T) == typeof(float))
            return Vector256.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), addend.AsSingle()).As<float, T>();
        return Vector256.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), addend.AsDouble()).As<double, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> AddProduct(Vector256<T> left, Vector256<T> right, Vector256<T> addend)
    {
        if (typeof(T) != typeof(int))
            return MultiplyAdd(left, right, addend);
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(addend.AsInt32(), left.AsInt16(), right.AsInt16()).As<int, T>();
        return (PairSums(left.AsInt16(), right.AsInt16()) + addend.AsInt32()).As<int, T>();
    }

    /// <summary>left₀·right₀ + left₁·right₁ of each pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> PairSums(Vector256<short> left, Vector256<short> right) => Avx2.IsSupported
        ? Avx2.MultiplyAddAdjacent(left, right)
        : Vector256.Create(Simd128<int>.PairSums(left.GetLower(), right.GetLower()), Simd128<int>.PairSums(left.GetUpper(), right.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Max(Vector256<T> left, Vector256<T> right) => Vector256.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Min(Vector256<T> left, Vector256<T> right) => Vector256.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Greater(Vector256<T> left, Vector256<T> right)
    {
        if (typeof(T) == typeof(float) && Avx.IsSupported)
            return Avx.Max(left.AsSingle(), right.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double) && Avx.IsSupported)
            return Avx.Max(left.AsDouble(), right.AsDouble()).As<double, T>();
        return Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), left, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Less(Vector256<T> left, Vector256<T> right)
    {
        if (typeof(T) == typeof(float) && Avx.IsSupported)
            return Avx.Min(left.AsSingle(), right.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double) && Avx.IsSupported)
            return Avx.Min(left.AsDouble(), right.AsDouble()).As<double, T>();
        return Vector256.ConditionalSelect(Vector256.LessThan(left, right), left, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Relu(Vector256<T> value) =>
        Vector256.ConditionalSelect(Vector256.LessThan(value, Vector256<T>.Zero), Vector256<T>.Zero, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Divide(Vector256<T> left, Vector256<T> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Abs(Vector256<T> value) => Vector256.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> CopySign(Vector256<T> magnitude, Vector256<T> sign) => Vector256.CopySign(magnitude, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> SelectLess(Vector256<T> left, Vector256<T> right, Vector256<T> then, Vector256<T> otherwise) =>
        Vector256.ConditionalSelect(Vector256.LessThan(left, right), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Scale(Vector256<T> value, Vector256<T> shifted)
    {
        // Two factors, since 2ⁿ itself may be out of range where value·2ⁿ is not, or is subnormal.
        if (typeof(T) == typeof(float))
        {
            Vector256<int> n = shifted.AsInt32() - Vector256.Create(12582912f).AsInt32(), half = n >> 1, one = Vector256.Create(1f).AsInt32();
            return value * ((half << 23) + one).As<int, T>() * (((n - half) << 23) + one).As<int, T>();
        }
        else
        {
            // Arithmetic shifts of 64-bit lanes are not everywhere in hardware; n is small, so its lower half will do.
            Vector256<long> n = shifted.AsInt64() - Vector256.Create(6755399441055744.0).AsInt64(), one = Vector256.Create(1.0).AsInt64();
            Vector256<long> half = (n.AsInt32() >> 1).AsInt64();
            return value * ((half << 52) + one).As<long, T>() * (((n - half) << 52) + one).As<long, T>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Greatest(Vector256<T> value) => Simd128<T>.Greatest(Simd128<T>.Greater(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Vector256<T> value) => Vector256.Sum(value);
}
