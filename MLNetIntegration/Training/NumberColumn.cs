using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Numbers, alone or in a vector of known length: Single, Double, whole numbers of any size, and truth values as 0 and 1. The network reads them in single precision.</summary>
internal sealed record NumberColumn(string Name, string Field, DataViewType Type, int Length) : FeatureColumn(Name, Field)
{
    /// <summary>Whether the type is read as it is, so that columns can be joined to one vector of Single.</summary>
    public bool IsSingle => Item.RawType == typeof(float);

    /// <summary>Whether elements of the type are such numbers.</summary>
    public static bool Takes(DataViewType item) => item is NumberDataViewType or BooleanDataViewType;

    /// <summary>What copies the numbers of the cursor's row.</summary>
    public Reader Open(DataViewRow row) => System.Type.GetTypeCode(Item.RawType) switch
    {
        TypeCode.Single => Of<float>(row, v => v),
        TypeCode.Double => Of<double>(row, v => (float)v),
        TypeCode.Boolean => Of<bool>(row, v => v ? 1 : 0),
        TypeCode.SByte => Of<sbyte>(row, v => v),
        TypeCode.Byte => Of<byte>(row, v => v),
        TypeCode.Int16 => Of<short>(row, v => v),
        TypeCode.UInt16 => Of<ushort>(row, v => v),
        TypeCode.Int32 => Of<int>(row, v => v),
        TypeCode.UInt32 => Of<uint>(row, v => v),
        TypeCode.Int64 => Of<long>(row, v => v),
        _ => Of<ulong>(row, v => v),
    };

    /// <summary>The type of an element.</summary>
    public DataViewType Item => Type is VectorDataViewType vector ? vector.ItemType : Type;

    private Reader Of<T>(DataViewRow row, Func<T, float> convert)
    {
        Func<ReadOnlyMemory<T>> read = Elements<T>(row, Type);
        return target =>
        {
            ReadOnlySpan<T> values = read().Span;
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = convert(values[i]);
            }
        };
    }

    public delegate void Reader(Span<float> target);
}
