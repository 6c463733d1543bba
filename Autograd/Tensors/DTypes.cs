using System.Numerics;

namespace Toolkit.Autograd.Tensors;

/// <summary>Facts about element types; the table is <see cref="ElementType"/>.</summary>
public static class DTypes
{
    /// <summary>The size of one element in memory, in bytes; 0 for texts, which are objects.</summary>
    /// <param name="type">The element type.</param>
    public static int Size(this DType type) => ElementType.Of(type).Bytes;

    /// <summary>Whether the type is a floating-point type with which operators compute, so that derivatives with respect to it exist.</summary>
    /// <param name="type">The element type.</param>
    public static bool IsFloating(this DType type) => ElementType.Of(type).IsDifferentiable;

    /// <summary>Whether the type is an integer type of any width.</summary>
    /// <param name="type">The element type.</param>
    public static bool IsInteger(this DType type) => ElementType.Of(type).IsInteger;

    /// <summary>Whether the type is float16 or bfloat16, which are computed in <see cref="DType.Float32"/>.</summary>
    /// <param name="type">The element type.</param>
    public static bool IsHalf(this DType type) => ElementType.Of(type).IsHalf;

    /// <summary>The element type of a number in ONNX's list (<c>TensorProto.DataType</c>).</summary>
    /// <param name="code">The number.</param>
    /// <exception cref="DTypeException">There is no such type.</exception>
    public static DType OfOnnx(long code) => ElementType.OfCode(code)?.Type
        ?? throw new DTypeException($"Expected an element type of ONNX, 1 to {ElementType.All.Length}, found {code}.");

    /// <summary>The element type of a name in ONNX's list, for example <c>FLOAT</c>.</summary>
    /// <param name="name">The name, in capital or small letters.</param>
    /// <exception cref="DTypeException">There is no such type.</exception>
    public static DType OfOnnx(string name) => ElementType.All.FirstOrDefault(row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Type
        ?? throw new DTypeException($"Expected an element type of ONNX ({string.Join(", ", ElementType.All.Select(row => row.Name.ToUpperInvariant()))}), found {name}.");

    /// <summary>The element type that corresponds to a C# type.</summary>
    /// <typeparam name="T">A number type of C#, <see cref="bool"/>, <see cref="Half"/>, <see cref="BFloat16"/>, <see cref="Complex64"/> or
    /// <see cref="Complex"/>.</typeparam>
    /// <exception cref="DTypeException">The C# type has no counterpart.</exception>
    public static DType Of<T>()
        where T : unmanaged
    {
        // Each comparison is decided by the compiler, so that a call is a constant.
        if (typeof(T) == typeof(float))
            return DType.Float32;
        if (typeof(T) == typeof(double))
            return DType.Float64;
        if (typeof(T) == typeof(int))
            return DType.Int32;
        if (typeof(T) == typeof(long))
            return DType.Int64;
        if (typeof(T) == typeof(bool))
            return DType.Bool;
        if (typeof(T) == typeof(byte))
            return DType.UInt8;
        if (typeof(T) == typeof(sbyte))
            return DType.Int8;
        if (typeof(T) == typeof(ushort))
            return DType.UInt16;
        if (typeof(T) == typeof(short))
            return DType.Int16;
        if (typeof(T) == typeof(uint))
            return DType.UInt32;
        if (typeof(T) == typeof(ulong))
            return DType.UInt64;
        if (typeof(T) == typeof(Half))
            return DType.Float16;
        if (typeof(T) == typeof(BFloat16))
            return DType.BFloat16;
        if (typeof(T) == typeof(Complex64))
            return DType.Complex64;
        if (typeof(T) == typeof(Complex))
            return DType.Complex128;
        throw new DTypeException($"Expected a C# type that is the element type of a tensor (numbers, bool, Half, BFloat16, Complex64, Complex), found {typeof(T).Name}.");
    }

    /// <summary>The error that a type is not among those that somebody takes.</summary>
    internal static DTypeException NotTaken(this DType type, string name, string expected) => new($"{name} expects {expected}, found {type}.");
}
