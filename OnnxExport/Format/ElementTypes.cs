using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Format;

/// <summary>Facts about the element types of the format.</summary>
internal static class ElementTypes
{
    /// <summary>Whether a number is one of the element types, not counting <see cref="DataType.Undefined"/>.</summary>
    /// <param name="type">The number in a file.</param>
    public static bool IsKnown(int type) => ElementType.OfCode(type) is not null;

    /// <summary>The bits of one element in <c>raw_data</c>.</summary>
    /// <param name="type">An element type other than <see cref="DataType.String"/>.</param>
    public static int Bits(DataType type) => ElementType.OfCode((long)type) is { Bits: > 0 and var bits }
        ? bits
        : throw new ArgumentOutOfRangeException(nameof(type), type, "Expected an element type of fixed width.");

    /// <summary>The bytes of elements in <c>raw_data</c>; elements of less than a byte share bytes.</summary>
    /// <param name="type">An element type other than <see cref="DataType.String"/>.</param>
    /// <param name="count">The number of elements.</param>
    public static long ByteCount(DataType type, long count)
    {
        int bits = Bits(type);
        return bits >= 8 ? checked(count * (bits / 8)) : Shared(count, 8 / bits);
    }

    /// <summary>The field that holds elements of a type where <c>raw_data</c> does not.</summary>
    /// <param name="type">The element type.</param>
    public static string FieldOf(DataType type) => type switch
    {
        DataType.Float or DataType.Complex64 => "float_data",
        DataType.Double or DataType.Complex128 => "double_data",
        DataType.Int64 => "int64_data",
        DataType.Uint32 or DataType.Uint64 => "uint64_data",
        DataType.String => "string_data",
        _ => "int32_data",
    };

    /// <summary>The length of the field <see cref="FieldOf"/>: two numbers for a complex element, one for those that share a byte.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="count">The number of elements.</param>
    public static long FieldLength(DataType type, long count) => type switch
    {
        DataType.Complex64 or DataType.Complex128 => checked(2 * count),
        DataType.Uint2 or DataType.Int2 => Shared(count, 4),
        DataType.Uint4 or DataType.Int4 or DataType.Float4E2M1 => Shared(count, 2),
        _ => count,
    };

    private static long Shared(long count, int perByte) => (count / perByte) + (count % perByte > 0 ? 1 : 0);
}
