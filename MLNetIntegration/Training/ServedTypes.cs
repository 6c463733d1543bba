using Toolkit.Autograd.Tensors;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>The element types of tensors that hold what columns do.</summary>
internal static class ServedTypes
{
    public static DType Of(Type raw) => Type.GetTypeCode(raw) switch
    {
        TypeCode.Single => DType.Float32,
        TypeCode.Double => DType.Float64,
        TypeCode.Boolean => DType.Bool,
        TypeCode.SByte => DType.Int8,
        TypeCode.Byte => DType.UInt8,
        TypeCode.Int16 => DType.Int16,
        TypeCode.UInt16 => DType.UInt16,
        TypeCode.Int32 => DType.Int32,
        TypeCode.UInt32 => DType.UInt32,
        TypeCode.Int64 => DType.Int64,
        TypeCode.UInt64 => DType.UInt64,
        _ => throw new TrainingException($"Expected numbers, truth values or keys, found {raw}."),
    };
}
