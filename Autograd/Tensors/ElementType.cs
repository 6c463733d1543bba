using System.Collections.Immutable;
using System.Numerics;

namespace Toolkit.Autograd.Tensors;

/// <summary>What the elements of a type are.</summary>
public enum ElementKind
{
    /// <summary>Real numbers in floating point.</summary>
    Floating,

    /// <summary>Integers of both signs.</summary>
    Signed,

    /// <summary>Integers from 0 on.</summary>
    Unsigned,

    /// <summary>Truth values.</summary>
    Logical,

    /// <summary>Complex numbers.</summary>
    Complex,

    /// <summary>Texts.</summary>
    Text,
}

/// <summary>What there is to know of an element type: a row of the one table of them.</summary>
/// <param name="Type">The type.</param>
/// <param name="Code">Its number in ONNX (<c>TensorProto.DataType</c>).</param>
/// <param name="Name">Its name in ONNX's type strings, for example <c>bfloat16</c> in <c>tensor(bfloat16)</c>.</param>
/// <param name="Kind">What the elements are.</param>
/// <param name="Bits">The bits of one element in a file; 0 for texts. In memory every element takes whole bytes.</param>
/// <param name="Storage">The C# type of one element in memory.</param>
/// <param name="Compute">The type in which arithmetic and conversions work: the type itself, or the one to which its elements widen without loss.</param>
public sealed record ElementType(DType Type, int Code, string Name, ElementKind Kind, int Bits, Type Storage, DType Compute)
{
    private ElementType(DType type, int code, string name, ElementKind kind, int bits, Type storage)
        : this(type, code, name, kind, bits, storage, type)
    {
    }

    /// <summary>All rows, in the order of ONNX's numbers.</summary>
    public static ImmutableArray<ElementType> All { get; } =
    [
        new(DType.Float32, 1, "float", ElementKind.Floating, 32, typeof(float)),
        new(DType.UInt8, 2, "uint8", ElementKind.Unsigned, 8, typeof(byte)),
        new(DType.Int8, 3, "int8", ElementKind.Signed, 8, typeof(sbyte)),
        new(DType.UInt16, 4, "uint16", ElementKind.Unsigned, 16, typeof(ushort)),
        new(DType.Int16, 5, "int16", ElementKind.Signed, 16, typeof(short)),
        new(DType.Int32, 6, "int32", ElementKind.Signed, 32, typeof(int)),
        new(DType.Int64, 7, "int64", ElementKind.Signed, 64, typeof(long)),
        new(DType.String, 8, "string", ElementKind.Text, 0, typeof(string)),
        new(DType.Bool, 9, "bool", ElementKind.Logical, 8, typeof(bool)),
        new(DType.Float16, 10, "float16", ElementKind.Floating, 16, typeof(Half), DType.Float32),
        new(DType.Float64, 11, "double", ElementKind.Floating, 64, typeof(double)),
        new(DType.UInt32, 12, "uint32", ElementKind.Unsigned, 32, typeof(uint)),
        new(DType.UInt64, 13, "uint64", ElementKind.Unsigned, 64, typeof(ulong)),
        new(DType.Complex64, 14, "complex64", ElementKind.Complex, 64, typeof(Complex64)),
        new(DType.Complex128, 15, "complex128", ElementKind.Complex, 128, typeof(Complex)),
        new(DType.BFloat16, 16, "bfloat16", ElementKind.Floating, 16, typeof(BFloat16), DType.Float32),
        new(DType.Float8E4M3FN, 17, "float8e4m3fn", ElementKind.Floating, 8, typeof(byte), DType.Float32),
        new(DType.Float8E4M3FNUZ, 18, "float8e4m3fnuz", ElementKind.Floating, 8, typeof(byte), DType.Float32),
        new(DType.Float8E5M2, 19, "float8e5m2", ElementKind.Floating, 8, typeof(byte), DType.Float32),
        new(DType.Float8E5M2FNUZ, 20, "float8e5m2fnuz", ElementKind.Floating, 8, typeof(byte), DType.Float32),
        new(DType.UInt4, 21, "uint4", ElementKind.Unsigned, 4, typeof(byte), DType.UInt8),
        new(DType.Int4, 22, "int4", ElementKind.Signed, 4, typeof(sbyte), DType.Int8),
        new(DType.Float4E2M1, 23, "float4e2m1", ElementKind.Floating, 4, typeof(byte), DType.Float32),
        new(DType.Float8E8M0, 24, "float8e8m0", ElementKind.Floating, 8, typeof(byte), DType.Float32),
        new(DType.UInt2, 25, "uint2", ElementKind.Unsigned, 2, typeof(byte), DType.UInt8),
        new(DType.Int2, 26, "int2", ElementKind.Signed, 2, typeof(sbyte), DType.Int8),
    ];

    private static readonly ImmutableArray<ElementType> ByType = [.. All.OrderBy(row => row.Type)];

    /// <summary>The type of a tensor of such elements as ONNX's schemas write it, for example <c>tensor(bfloat16)</c>.</summary>
    public string TensorName { get; } = $"tensor({Name})";

    /// <summary>The bytes of one element in memory; 0 for texts, which are objects.</summary>
    public int Bytes { get; } = (Bits + 7) / 8;

    /// <summary>Whether derivatives with respect to numbers of the type exist: the floating-point types that operators compute with.</summary>
    public bool IsDifferentiable { get; } = Kind == ElementKind.Floating && Bits >= 16;

    /// <summary>Whether the elements are real numbers: integers or floating-point numbers.</summary>
    public bool IsNumber { get; } = Kind is ElementKind.Floating or ElementKind.Signed or ElementKind.Unsigned;

    /// <summary>Whether the elements are integers.</summary>
    public bool IsInteger { get; } = Kind is ElementKind.Signed or ElementKind.Unsigned;

    /// <summary>Whether the type is float16 or bfloat16: what is stored in two bytes and computed in <see cref="DType.Float32"/>.</summary>
    public bool IsHalf { get; } = Kind == ElementKind.Floating && Bits == 16;

    /// <summary>The row of a type.</summary>
    /// <param name="type">The type.</param>
    /// <exception cref="DTypeException">There is no such type.</exception>
    public static ElementType Of(DType type) => (uint)type < (uint)ByType.Length
        ? ByType[(int)type]
        : throw new DTypeException($"Expected an element type of ONNX, found {type}.");

    /// <summary>The row of a number in ONNX's list (<c>TensorProto.DataType</c>); null if there is none.</summary>
    /// <param name="code">The number.</param>
    public static ElementType? OfCode(long code) => code >= 1 && code <= All.Length ? All[(int)code - 1] : null;
}
