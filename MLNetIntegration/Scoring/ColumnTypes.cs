using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The correspondence of element types between tensors and data views.</summary>
internal static class ColumnTypes
{
    /// <summary>The element type of columns for a tensor; numbers of 16 bits are columns of Single.</summary>
    public static PrimitiveDataViewType Of(TensorDescription tensor) => tensor.ElementType switch
    {
        TensorElementType.Float or TensorElementType.Float16 or TensorElementType.BFloat16 => NumberDataViewType.Single,
        TensorElementType.Double => NumberDataViewType.Double,
        TensorElementType.Int8 => NumberDataViewType.SByte,
        TensorElementType.Int16 => NumberDataViewType.Int16,
        TensorElementType.Int32 => NumberDataViewType.Int32,
        TensorElementType.Int64 => NumberDataViewType.Int64,
        TensorElementType.UInt8 => NumberDataViewType.Byte,
        TensorElementType.UInt16 => NumberDataViewType.UInt16,
        TensorElementType.UInt32 => NumberDataViewType.UInt32,
        TensorElementType.UInt64 => NumberDataViewType.UInt64,
        TensorElementType.Bool => BooleanDataViewType.Instance,
        TensorElementType.String => TextDataViewType.Instance,
        _ => throw Unknown(tensor),
    };

    /// <summary>Makes something for the element type of a tensor.</summary>
    public static TResult Visit<TResult>(TensorDescription tensor, IElementVisitor<TResult> visitor) => tensor.ElementType switch
    {
        TensorElementType.Float => visitor.Visit<float, NumberElement<float>>(),
        TensorElementType.Float16 => visitor.Visit<float, Float16Element>(),
        TensorElementType.BFloat16 => visitor.Visit<float, BFloat16Element>(),
        TensorElementType.Double => visitor.Visit<double, NumberElement<double>>(),
        TensorElementType.Int8 => visitor.Visit<sbyte, NumberElement<sbyte>>(),
        TensorElementType.Int16 => visitor.Visit<short, NumberElement<short>>(),
        TensorElementType.Int32 => visitor.Visit<int, NumberElement<int>>(),
        TensorElementType.Int64 => visitor.Visit<long, NumberElement<long>>(),
        TensorElementType.UInt8 => visitor.Visit<byte, NumberElement<byte>>(),
        TensorElementType.UInt16 => visitor.Visit<ushort, NumberElement<ushort>>(),
        TensorElementType.UInt32 => visitor.Visit<uint, NumberElement<uint>>(),
        TensorElementType.UInt64 => visitor.Visit<ulong, NumberElement<ulong>>(),
        TensorElementType.Bool => visitor.Visit<bool, NumberElement<bool>>(),
        TensorElementType.String => visitor.Visit<ReadOnlyMemory<char>, TextElement>(),
        _ => throw Unknown(tensor),
    };

    /// <summary>The number of elements of a column: 1 for a scalar, 0 for a vector of variable length.</summary>
    public static int Length(DataViewType type) => type is VectorDataViewType vector ? vector.Size : 1;

    public static DataViewType Item(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    /// <summary>Whether elements of a column go into a tensor as they are: those of its type, and keys as their numbers, from 1 and 0 where one is missing.</summary>
    public static bool Fits(DataViewType type, TensorDescription tensor) =>
        Item(type).Equals(Of(tensor)) || (Item(type) is KeyDataViewType key && Of(tensor).RawType == key.RawType);

    private static ScoringException Unknown(TensorDescription tensor) =>
        new($"Expected numbers, truth values or texts in {tensor}, found elements that ML.NET has no columns for.");
}
