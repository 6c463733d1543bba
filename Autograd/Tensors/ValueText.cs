using System.Globalization;
using System.Text;

namespace Toolkit.Autograd.Tensors;

/// <summary>What a person wants to see of a value: its type, its sizes, and its first and last elements along each axis.</summary>
internal static class ValueText
{
    // More axes than this are too many to read.
    private const int Axes = 4;

    // Longer axes show this many elements at each end.
    private const int Ends = 3;

    public static string Of(Value value)
    {
        string type = value.Type.ToString();
        if (value.Rank > Axes || Element(value) is not { } element)
            return type;
        var text = new StringBuilder(type).Append(' ');
        Append(text, value, element, axis: 0, start: 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Value value, Func<int, string> element, int axis, int start)
    {
        if (axis == value.Rank)
        {
            text.Append(element(start));
            return;
        }

        int size = value.Sizes[axis], step = 1;
        foreach (int inner in value.Sizes[(axis + 1)..])
            step *= inner;
        text.Append('[');
        for (int i = 0; i < size; i++)
        {
            text.Append(i > 0 ? ", " : "");
            if (i == Ends && size > 2 * Ends)
            {
                text.Append("…, ");
                i = size - Ends;
            }

            Append(text, value, element, axis + 1, start + (i * step));
        }

        text.Append(']');
    }

    /// <summary>The text of the element at a place; null for types whose elements are not plain numbers or texts.</summary>
    private static Func<int, string>? Element(Value value) => value.DType switch
    {
        DType.Float32 => i => Number(value.Span<float>()[i]),
        DType.Float64 => i => Number(value.Span<double>()[i]),
        DType.Float16 => i => Number(value.Span<Half>()[i]),
        DType.BFloat16 => i => Number((float)value.Span<BFloat16>()[i]),
        DType.Int8 => i => Number(value.Span<sbyte>()[i]),
        DType.Int16 => i => Number(value.Span<short>()[i]),
        DType.Int32 => i => Number(value.Span<int>()[i]),
        DType.Int64 => i => Number(value.Span<long>()[i]),
        DType.UInt8 => i => Number(value.Span<byte>()[i]),
        DType.UInt16 => i => Number(value.Span<ushort>()[i]),
        DType.UInt32 => i => Number(value.Span<uint>()[i]),
        DType.UInt64 => i => Number(value.Span<ulong>()[i]),
        DType.Bool => i => value.Span<bool>()[i] ? "true" : "false",
        DType.String => i => $"\"{value.Texts[i]}\"",
        _ => null,
    };

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
