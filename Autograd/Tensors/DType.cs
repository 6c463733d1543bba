namespace Toolkit.Autograd.Tensors;

/// <summary>The element types of a tensor; each corresponds to the ONNX type of the same name.</summary>
/// <remarks>
/// <see cref="Float32"/> and <see cref="Float64"/> are differentiable. <see cref="Int32"/>, <see cref="Int64"/> and <see cref="Bool"/>
/// carry indices, labels and masks. <see cref="UInt32"/> and <see cref="UInt64"/> exist for random bits. There is no implicit promotion.
/// </remarks>
public enum DType
{
    /// <summary>IEEE 754 binary32 (ONNX <c>FLOAT</c>, C# <see cref="float"/>).</summary>
    Float32,

    /// <summary>IEEE 754 binary64 (ONNX <c>DOUBLE</c>, C# <see cref="double"/>).</summary>
    Float64,

    /// <summary>32-bit signed integer (ONNX <c>INT32</c>).</summary>
    Int32,

    /// <summary>64-bit signed integer (ONNX <c>INT64</c>).</summary>
    Int64,

    /// <summary>One byte, 0 or 1 (ONNX <c>BOOL</c>).</summary>
    Bool,

    /// <summary>32-bit unsigned integer (ONNX <c>UINT32</c>).</summary>
    UInt32,

    /// <summary>64-bit unsigned integer (ONNX <c>UINT64</c>).</summary>
    UInt64,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    /// <summary>The size of one element in bytes.</summary>
    /// <param name="type">The element type.</param>
    public static int Size(this DType type) => type switch
    {
        DType.Bool => 1,
        DType.Float32 or DType.Int32 or DType.UInt32 => 4,
        DType.Float64 or DType.Int64 or DType.UInt64 => 8,
        _ => throw type.NotTaken("A tensor", "an element type that the engine has"),
    };

    /// <summary>The error that a type is not among those that somebody takes.</summary>
    internal static DTypeException NotTaken(this DType type, string name, string expected) => new($"{name} expects {expected}, found {type}.");

    /// <summary>Whether the type is a floating-point type, so that derivatives with respect to it exist.</summary>
    /// <param name="type">The element type.</param>
    public static bool IsFloating(this DType type) => type is DType.Float32 or DType.Float64;

    /// <summary>The element type of a number in ONNX's list (<c>TensorProto.DataType</c>).</summary>
    /// <param name="code">The number.</param>
    /// <exception cref="DTypeException">There is no such type, or the engine does not have it.</exception>
    public static DType OfOnnx(long code) => code switch
    {
        1 => DType.Float32,
        6 => DType.Int32,
        7 => DType.Int64,
        9 => DType.Bool,
        11 => DType.Float64,
        12 => DType.UInt32,
        13 => DType.UInt64,
        _ => throw new DTypeException($"Expected an element type that the engine has ({string.Join(", ", Enum.GetNames<DType>())}), found the ONNX type {code}."),
    };

    /// <summary>The element type of a name in ONNX's list, for example <c>FLOAT</c>.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="DTypeException">There is no such type, or the engine does not have it.</exception>
    public static DType OfOnnx(string name) => name switch
    {
        "FLOAT" => DType.Float32,
        "DOUBLE" => DType.Float64,
        _ => Enum.TryParse(name, ignoreCase: true, out DType type)
            ? type
            : throw new DTypeException($"Expected an element type that the engine has ({string.Join(", ", Enum.GetNames<DType>())}), found the ONNX type {name}."),
    };

    /// <summary>The element type that corresponds to a C# type.</summary>
    /// <typeparam name="T">One of <see cref="float"/>, <see cref="double"/>, <see cref="int"/>, <see cref="long"/>, <see cref="bool"/>,
    /// <see cref="uint"/>, <see cref="ulong"/>.</typeparam>
    /// <exception cref="DTypeException">The C# type has no counterpart.</exception>
    public static DType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            return DType.Float32;
        }

        if (typeof(T) == typeof(double))
        {
            return DType.Float64;
        }

        if (typeof(T) == typeof(int))
        {
            return DType.Int32;
        }

        if (typeof(T) == typeof(long))
        {
            return DType.Int64;
        }

        if (typeof(T) == typeof(bool))
        {
            return DType.Bool;
        }

        if (typeof(T) == typeof(uint))
        {
            return DType.UInt32;
        }

        if (typeof(T) == typeof(ulong))
        {
            return DType.UInt64;
        }

        throw new DTypeException($"Expected float, double, int, long, bool, uint or ulong as element type, found {typeof(T).Name}.");
    }
}
