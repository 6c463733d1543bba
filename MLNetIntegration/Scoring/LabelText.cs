using System.Globalization;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Values of keys as texts, which give the same values back in every culture.</summary>
internal static class LabelText
{
    public static string Of<T>(T value) => value switch
    {
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    /// <exception cref="FormatException">The text is none of such a value.</exception>
    public static T Parse<T>(string text)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        object value = Type.GetTypeCode(typeof(T)) switch
        {
            TypeCode.Boolean => bool.Parse(text),
            TypeCode.SByte => sbyte.Parse(text, invariant),
            TypeCode.Byte => byte.Parse(text, invariant),
            TypeCode.Int16 => short.Parse(text, invariant),
            TypeCode.UInt16 => ushort.Parse(text, invariant),
            TypeCode.Int32 => int.Parse(text, invariant),
            TypeCode.UInt32 => uint.Parse(text, invariant),
            TypeCode.Int64 => long.Parse(text, invariant),
            TypeCode.UInt64 => ulong.Parse(text, invariant),
            TypeCode.Single => float.Parse(text, invariant),
            TypeCode.Double => double.Parse(text, invariant),
            TypeCode.DateTime => DateTime.Parse(text, invariant, DateTimeStyles.RoundtripKind),
            _ when typeof(T) == typeof(TimeSpan) => TimeSpan.Parse(text, invariant),
            _ when typeof(T) == typeof(DateTimeOffset) => DateTimeOffset.Parse(text, invariant, DateTimeStyles.RoundtripKind),
            _ when typeof(T) == typeof(ReadOnlyMemory<char>) => text.AsMemory(),
            _ => throw new FormatException($"Expected a type of key values, found {typeof(T)}."),
        };
        return (T)value;
    }

    /// <summary>The name under which a type is saved.</summary>
    public static string NameOf(Type type) => type == typeof(ReadOnlyMemory<char>) ? "String" : type.Name;

    /// <summary>The type that was saved under a name; null for a name that is not known.</summary>
    public static Type? Named(string name) => Types.FirstOrDefault(t => NameOf(t) == name) ?? (name == "Object" ? typeof(ReadOnlyMemory<char>) : null);

    public static PrimitiveDataViewType ColumnType(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => BooleanDataViewType.Instance,
        TypeCode.SByte => NumberDataViewType.SByte,
        TypeCode.Byte => NumberDataViewType.Byte,
        TypeCode.Int16 => NumberDataViewType.Int16,
        TypeCode.UInt16 => NumberDataViewType.UInt16,
        TypeCode.Int32 => NumberDataViewType.Int32,
        TypeCode.UInt32 => NumberDataViewType.UInt32,
        TypeCode.Int64 => NumberDataViewType.Int64,
        TypeCode.UInt64 => NumberDataViewType.UInt64,
        TypeCode.Single => NumberDataViewType.Single,
        TypeCode.Double => NumberDataViewType.Double,
        TypeCode.DateTime => DateTimeDataViewType.Instance,
        _ when type == typeof(TimeSpan) => TimeSpanDataViewType.Instance,
        _ when type == typeof(DateTimeOffset) => DateTimeOffsetDataViewType.Instance,
        _ => TextDataViewType.Instance,
    };

    private static IReadOnlyList<Type> Types =>
    [
        typeof(bool), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float),
        typeof(double), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(ReadOnlyMemory<char>),
    ];
}
