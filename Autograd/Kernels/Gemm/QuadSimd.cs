using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Sums of four products of a uint8 by an int8 in each element of a vector of int32, under one name for all instruction sets; none is saturated.</summary>
/// <typeparam name="TVector">Vector type.</typeparam>
internal unsafe interface IQuadSimd<TVector>
    where TVector : struct
{
    /// <summary>Gets the elements per vector.</summary>
    static abstract int Count { get; }

    /// <summary>Gets a value indicating whether four bytes are multiplied at once: the even factors are all four in 8 bits each, and there are no odd ones. Otherwise even and odd ones are two each, of 16 bits.</summary>
    static abstract bool IsWhole { get; }

    /// <summary>Gets the vector of zeros.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Reads a vector.</summary>
    static abstract TVector Load(sbyte* source);

    /// <summary>Repeats the factors of four products, or two of them.</summary>
    static abstract TVector Broadcast(int factors);

    /// <summary>Adds four products to each sum.</summary>
    static abstract TVector Add(TVector sum, TVector even, TVector odd, TVector bytes);

    /// <summary>Writes sums.</summary>
    static abstract void Store(TVector value, int* destination);
}

/// <summary>With AVX-VNNI.</summary>
internal readonly unsafe struct WholeQuads : IQuadSimd<Vector256<int>>
{
    public static int Count => Vector256<int>.Count;

    public static bool IsWhole => true;

    public static Vector256<int> Zero => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(sbyte* source) => Vector256.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int factors) => Vector256.Create(factors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> even, Vector256<int> odd, Vector256<int> bytes) =>
        AvxVnni.MultiplyWideningAndAdd(sum, even.AsByte(), bytes.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, int* destination) => value.Store(destination);
}

/// <summary>Of 512 bits, even and odd bytes by themselves in 16 bits.</summary>
internal readonly unsafe struct HalfQuads512 : IQuadSimd<Vector512<int>>
{
    public static int Count => Vector512<int>.Count;

    public static bool IsWhole => false;

    public static Vector512<int> Zero => Vector512<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(sbyte* source) => Vector512.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int factors) => Vector512.Create(factors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Vector512<int> even, Vector512<int> odd, Vector512<int> bytes) => sum
        + Simd512<int>.PairSums(even.AsInt16(), (bytes.AsInt16() << 8) >> 8) + Simd512<int>.PairSums(odd.AsInt16(), bytes.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> value, int* destination) => value.Store(destination);
}

/// <summary>The same of 256 bits.</summary>
internal readonly unsafe struct HalfQuads256 : IQuadSimd<Vector256<int>>
{
    public static int Count => Vector256<int>.Count;

    public static bool IsWhole => false;

    public static Vector256<int> Zero => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(sbyte* source) => Vector256.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int factors) => Vector256.Create(factors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> even, Vector256<int> odd, Vector256<int> bytes) => sum
        + Simd256<int>.PairSums(even.AsInt16(), (bytes.AsInt16() << 8) >> 8) + Simd256<int>.PairSums(odd.AsInt16(), bytes.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, int* destination) => value.Store(destination);
}

/// <summary>The same of 128 bits.</summary>
internal readonly unsafe struct HalfQuads128 : IQuadSimd<Vector128<int>>
{
    public static int Count => Vector128<int>.Count;

    public static bool IsWhole => false;

    public static Vector128<int> Zero => Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(sbyte* source) => Vector128.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int factors) => Vector128.Create(factors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Vector128<int> even, Vector128<int> odd, Vector128<int> bytes) => sum
        + Simd128<int>.PairSums(even.AsInt16(), (bytes.AsInt16() << 8) >> 8) + Simd128<int>.PairSums(odd.AsInt16(), bytes.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> value, int* destination) => value.Store(destination);
}
