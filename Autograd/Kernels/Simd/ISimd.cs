namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Vector operations under one name for all widths, so that a kernel is written once. Implementations are empty structures used as
/// type arguments; after specialization every call is one instruction.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TVector">Vector type, for example Vector256&lt;float&gt;.</typeparam>
internal unsafe interface ISimd<T, TVector>
    where T : unmanaged
    where TVector : struct
{
    /// <summary>Gets the elements per vector.</summary>
    static abstract int Count { get; }

    /// <summary>Gets how many rows of two accumulators each fit the registers beside the operands.</summary>
    static abstract int MaxRows { get; }

    /// <summary>Gets the vector of zeros.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Reads a vector.</summary>
    static abstract TVector Load(T* source);

    /// <summary>Writes a vector.</summary>
    static abstract void Store(TVector value, T* destination);

    /// <summary>Asks for a cache line; the address need not be readable.</summary>
    static abstract void Prefetch(T* address);

    /// <summary>As <see cref="Prefetch"/>, into the second-level cache.</summary>
    static abstract void PrefetchFar(T* address);

    /// <summary>Repeats one value.</summary>
    static abstract TVector Broadcast(T value);

    /// <summary>Elementwise sum.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Elementwise difference.</summary>
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>Elementwise product.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>Elementwise a·b + c, of floating-point numbers in one rounding where the hardware has it.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>What the tiles of a product add up: <see cref="MultiplyAdd"/> of floating-point numbers. An int is a pair of 16-bit integers, of which both products are added.</summary>
    static abstract TVector AddProduct(TVector left, TVector right, TVector addend);

    /// <summary>Elementwise maximum; NaN if one is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>Elementwise minimum; NaN if one is NaN.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>Elementwise left &gt; right ? left : right: the right one where they are equal or one is NaN. One instruction, which <see cref="Max"/> is not.</summary>
    static abstract TVector Greater(TVector left, TVector right);

    /// <summary>Elementwise left &lt; right ? left : right: the right one where they are equal or one is NaN.</summary>
    static abstract TVector Less(TVector left, TVector right);

    /// <summary>Elementwise max(x, 0) that keeps NaN and −0.</summary>
    static abstract TVector Relu(TVector value);

    /// <summary>Elementwise quotient.</summary>
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>Elementwise |x|.</summary>
    static abstract TVector Abs(TVector value);

    /// <summary>Elementwise magnitude of the one with the sign of the other.</summary>
    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>Elementwise left &lt; right ? then : otherwise (the last if one is NaN).</summary>
    static abstract TVector SelectLess(TVector left, TVector right, TVector then, TVector otherwise);

    /// <summary>
    /// Elementwise value·2ⁿ, where n is the whole number that <paramref name="shifted"/> = n + 1.5·2ᵖ holds in its low bits
    /// (p = 23 in single, 52 in double precision); |n| may be up to twice the range of the exponent.
    /// </summary>
    static abstract TVector Scale(TVector value, TVector shifted);

    /// <summary>The greatest of the elements that are numbers; NaN at most where one is NaN.</summary>
    static abstract T Greatest(TVector value);

    /// <summary>Sum of the elements in a fixed order.</summary>
    static abstract T Sum(TVector value);
}
