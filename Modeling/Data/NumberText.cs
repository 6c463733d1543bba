using System.Globalization;

namespace Toolkit.Modeling.Data;

/// <summary>Reads numbers in the invariant culture, rounded to the nearest float32, as float.Parse does. Most are short enough that one operation on exact numbers gives them (Clinger 1990, How to Read
/// Floating Point Numbers Accurately).</summary>
internal static class NumberText
{
    // Digits that fit into 53 bits whatever they are, and powers of ten that a float64 holds exactly.
    private const int MostDigits = 15, MostPower = 22;

    private static readonly double[] Powers =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads a number; false if the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out float value) =>
        TryShort(text, out value) || float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static bool TryShort(ReadOnlySpan<char> text, out float value)
    {
        value = 0;
        int at = text is ['-' or '+', ..] ? 1 : 0, first = at, point = -1;
        long digits = 0;
        for (; at < text.Length; at++)
        {
            if (char.IsAsciiDigit(text[at]))
                digits = (digits * 10) + (text[at] - '0');
            else if (text[at] == '.' && point < 0)
                point = at;
            else
                break;
        }

        int count = at - first - (point < 0 ? 0 : 1), power = point < 0 ? 0 : point + 1 - at;
        if (count is 0 or > MostDigits || !TryExponent(text[at..], ref power) || Math.Abs(power) > MostPower)
            return false;
        double number = power < 0 ? digits / Powers[-power] : digits * Powers[power];

        // Half way between two float32 the digits that float64 has lost decide.
        if ((BitConverter.DoubleToInt64Bits(number) & 0x1FFF_FFFF) == 0x1000_0000)
            return false;
        value = (float)(text[0] == '-' ? -number : number);
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, ref int power)
    {
        if (text.IsEmpty)
            return true;
        bool negative = text is [_, '-', ..];
        ReadOnlySpan<char> digits = text[(negative || text is [_, '+', ..] ? 2 : 1)..];
        if (text[0] is not ('e' or 'E') || digits.Length is 0 or > 2 || !char.IsAsciiDigit(digits[0]) || !char.IsAsciiDigit(digits[^1]))
            return false;
        int exponent = digits.Length == 1 ? digits[0] - '0' : (10 * (digits[0] - '0')) + (digits[1] - '0');
        power += negative ? -exponent : exponent;
        return true;
    }
}
