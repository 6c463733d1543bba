using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Operations on 128-bit vectors.</summary>
internal readonly unsafe struct Simd128<T> : ISimd<T, Vector128<T>>
    where T : unmanaged, INumber<T>
{
    public static int Count => Vector128<T>.Count;

    public static int MaxRows => AdvSimd.IsSupported ? 12 : 6;

    public static Vector128<T> Zero => Vector128<T>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<T> value, T* destination) => value.Store(destination);

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
    public static Vector128<T> Broadcast(T value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add(Vector128<T> left, Vector128<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Subtract(Vector128<T> left, Vector128<T> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Multiply(Vector128<T> left, Vector128<T> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> left, Vector128<T> right, Vector128<T> addend)
    {
        if (typeof(T) == typeof(int))
            return (left * right) + addend;
        if (typeof(T) == typeof(float))
            return Vector128.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), addend.AsSingle()).As<float, T>();
        return Vector128.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), addend.AsDouble()).As<double, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> AddProduct(Vector128<T> left, Vector128<T> right, Vector128<T> addend)
    {
        if (typeof(T) != typeof(int))
            return MultiplyAdd(left, right, addend);
        return (PairSums(left.AsInt16(), right.AsInt16()) + addend.AsInt32()).As<int, T>();
    }

    /// <summary>left₀·right₀ + left₁·right₁ of each pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> PairSums(Vector128<short> left, Vector128<short> right)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(left, right);
        // The lower halves of the ints with their sign, and the upper ones.
        Vector128<int> a = left.AsInt32(), b = right.AsInt32();
        return ((a << 16 >> 16) * (b << 16 >> 16)) + ((a >> 16) * (b >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Max(Vector128<T> left, Vector128<T> right) => Vector128.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Min(Vector128<T> left, Vector128<T> right) => Vector128.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Greater(Vector128<T> left, Vector128<T> right)
    {
        if (typeof(T) == typeof(float) && Sse.IsSupported)
            return Sse.Max(left.AsSingle(), right.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double) && Sse2.IsSupported)
            return Sse2.Max(left.AsDouble(), right.AsDouble()).As<double, T>();
        return Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), left, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Less(Vector128<T> left, Vector128<T> right)
    {
        if (typeof(T) == typeof(float) && Sse.IsSupported)
            return Sse.Min(left.AsSingle(), right.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double) && Sse2.IsSupported)
            return Sse2.Min(left.AsDouble(), right.AsDouble()).As<double, T>();
        return Vector128.ConditionalSelect(Vector128.LessThan(left, right), left, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Relu(Vector128<T> value) =>
        Vector128.ConditionalSelect(Vector128.LessThan(value, Vector128<T>.Zero), Vector128<T>.Zero, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Divide(Vector128<T> left, Vector128<T> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Abs(Vector128<T> value) => Vector128.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> CopySign(Vector128<T> magnitude, Vector128<T> sign) => Vector128.CopySign(magnitude, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> SelectLess(Vector128<T> left, Vector128<T> right, Vector128<T> then, Vector128<T> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(left, right), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Scale(Vector128<T> value, Vector128<T> shifted)
    {
        // Two factors, since 2ⁿ itself may be out of range where value·2ⁿ is not, or is subnormal.
        if (typeof(T) == typeof(float))
        {
            Vector128<int> n = shifted.AsInt32() - Vector128.Create(12582912f).AsInt32(), half = n >> 1, one = Vector128.Create(1f).AsInt32();
            return value * ((half << 23) + one).As<int, T>() * (((n - half) << 23) + one).As<int, T>();
        }
        else
        {
            // Arithmetic shifts of 64-bit lanes are not everywhere in hardware; n is small, so its lower half will do.
            Vector128<long> n = shifted.AsInt64() - Vector128.Create(6755399441055744.0).AsInt64(), one = Vector128.Create(1.0).AsInt64();
            Vector128<long> half = (n.AsInt32() >> 1).AsInt64();
            return value * ((half << 52) + one).As<long, T>() * (((n - half) << 52) + one).As<long, T>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Greatest(Vector128<T> value)
    {
        if (typeof(T) == typeof(float))
        {
            Vector128<float> x = value.AsSingle();
            x = Simd128<float>.Greater(x, Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1)));
            return Unsafe.BitCast<float, T>(Simd128<float>.Greater(x, Vector128.Shuffle(x, Vector128.Create(1, 0, 3, 2))).ToScalar());
        }

        T greatest = value[0];
        for (int i = 1; i < Count; i++)
            greatest = value[i] > greatest ? value[i] : greatest;
        return greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Vector128<T> value) => Vector128.Sum(value);
}
