using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The types that ML.NET's own columns and elements of vectors have in memory.</summary>
internal static class RawTypes
{
    /// <summary>Makes something for a type; the default result if it is none of ML.NET's own.</summary>
    public static TResult? Visit<TResult>(Type type, IRawTypeVisitor<TResult> visitor)
        where TResult : class => Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => visitor.Visit<bool>(),
            TypeCode.SByte => visitor.Visit<sbyte>(),
            TypeCode.Byte => visitor.Visit<byte>(),
            TypeCode.Int16 => visitor.Visit<short>(),
            TypeCode.UInt16 => visitor.Visit<ushort>(),
            TypeCode.Int32 => visitor.Visit<int>(),
            TypeCode.UInt32 => visitor.Visit<uint>(),
            TypeCode.Int64 => visitor.Visit<long>(),
            TypeCode.UInt64 => visitor.Visit<ulong>(),
            TypeCode.Single => visitor.Visit<float>(),
            TypeCode.Double => visitor.Visit<double>(),
            TypeCode.DateTime => visitor.Visit<DateTime>(),
            _ when type == typeof(ReadOnlyMemory<char>) => visitor.Visit<ReadOnlyMemory<char>>(),
            _ when type == typeof(DateTimeOffset) => visitor.Visit<DateTimeOffset>(),
            _ when type == typeof(TimeSpan) => visitor.Visit<TimeSpan>(),
            _ when type == typeof(DataViewRowId) => visitor.Visit<DataViewRowId>(),
            _ => null,
        };
}
