using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The correspondence of element types between tensors and data views.</summary>
internal static class ColumnTypes
{
    public static PrimitiveDataViewType Of(DType type) => type switch
    {
        DType.Float32 => NumberDataViewType.Single,
        DType.Float64 => NumberDataViewType.Double,
        DType.Int32 => NumberDataViewType.Int32,
        DType.Int64 => NumberDataViewType.Int64,
        DType.UInt32 => NumberDataViewType.UInt32,
        DType.UInt64 => NumberDataViewType.UInt64,
        _ => BooleanDataViewType.Instance,
    };

    /// <summary>The number of elements of a column: 1 for a scalar, 0 for a vector of variable length.</summary>
    public static int Length(DataViewType type) => type is VectorDataViewType vector ? vector.Size : 1;

    public static DataViewType Item(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;
}
