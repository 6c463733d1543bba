using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>Casts between texts and numbers, as ONNX's <c>Cast</c> has them: decimal and scientific notation, <c>INF</c>, <c>-INF</c> and <c>NaN</c>.</summary>
internal static class TextConversion
{
    /// <summary>Converts.</summary>
    /// <param name="from">Texts or numbers.</param>
    /// <param name="to">Receives numbers or texts.</param>
    /// <exception cref="GraphException">A text is no number.</exception>
    public static void Run(Value from, Value to)
    {
        if (from.DType == to.DType)
        {
            to.CopyFrom(from);
            return;
        }

        for (int i = 0; i < from.Count; i++)
        {
            if (to.DType == DType.String)
                to.Texts[i] = TextOf(from, i);
            else
                Read(from.Texts[i], to, i);
        }
    }

    /// <summary>The shortest text that is read as the same number.</summary>
    private static string TextOf(Value value, int index) => value.DType switch
    {
        DType.Int64 => value.Span<long>()[index].ToString(CultureInfo.InvariantCulture),
        DType.UInt64 => value.Span<ulong>()[index].ToString(CultureInfo.InvariantCulture),
        DType.Float64 => Special(value[index]) ?? value[index].ToString(CultureInfo.InvariantCulture),
        DType.Float16 => Special(value[index]) ?? ((Half)value[index]).ToString(CultureInfo.InvariantCulture),
        _ => Special(value[index]) ?? ((float)value[index]) switch
        {
            var single when single == value[index] => single.ToString(CultureInfo.InvariantCulture),
            _ => value[index].ToString(CultureInfo.InvariantCulture),
        },
    };

    private static string? Special(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "INF" : "-INF" : null;

    private static void Read(string text, Value to, int index)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (to.DType == DType.Int64 && long.TryParse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture, out long signed))
            to.Span<long>()[index] = signed;
        else if (to.DType == DType.UInt64 && ulong.TryParse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture, out ulong unsigned))
            to.Span<ulong>()[index] = unsigned;
        else
            to[index] = Number(trimmed) ?? throw new GraphException($"Cast expects texts that are numbers, found \"{text}\" at element {index}.");
    }

    private static double? Number(ReadOnlySpan<char> text)
    {
        bool negative = text.StartsWith("-"), marked = negative || text.StartsWith("+");
        ReadOnlySpan<char> size = marked ? text[1..] : text;
        if (size.Equals("INF", StringComparison.OrdinalIgnoreCase))
            return negative ? double.NegativeInfinity : double.PositiveInfinity;
        if (size.Equals("NaN", StringComparison.OrdinalIgnoreCase))
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
    }
}
