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
    public Reader Open(DataViewRow row) => Converted(Item, new Opening(this, row));

    /// <summary>Makes something for a type of numbers.</summary>
    public static TResult Converted<TResult>(DataViewType item, IConvertedVisitor<TResult> visitor) => System.Type.GetTypeCode(item.RawType) switch
    {
        TypeCode.Single => visitor.Visit<float>(v => v),
        TypeCode.Double => visitor.Visit<double>(v => (float)v),
        TypeCode.Boolean => visitor.Visit<bool>(v => v ? 1 : 0),
        TypeCode.SByte => visitor.Visit<sbyte>(v => v),
        TypeCode.Byte => visitor.Visit<byte>(v => v),
        TypeCode.Int16 => visitor.Visit<short>(v => v),
        TypeCode.UInt16 => visitor.Visit<ushort>(v => v),
        TypeCode.Int32 => visitor.Visit<int>(v => v),
        TypeCode.UInt32 => visitor.Visit<uint>(v => v),
        TypeCode.Int64 => visitor.Visit<long>(v => v),
        _ => visitor.Visit<ulong>(v => v),
    };

    /// <summary>The type of an element.</summary>
    public DataViewType Item => Type is VectorDataViewType vector ? vector.ItemType : Type;

    public delegate void Reader(Span<float> target);

    private sealed class Opening(NumberColumn column, DataViewRow row) : IConvertedVisitor<Reader>
    {
        public Reader Visit<T>(Func<T, float> convert)
        {
            Func<ReadOnlyMemory<T>> read = column.Elements<T>(row, column.Type);
            return target =>
            {
                ReadOnlySpan<T> values = read().Span;
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = convert(values[i]);
                }
            };
        }
    }
}
