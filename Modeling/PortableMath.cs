using System.Runtime.CompilerServices;

namespace Toolkit.Modeling;

/// <summary>
/// Logarithm, sine and cosine from additions, multiplications and divisions alone, which IEEE 754 rounds alike everywhere.
/// <see cref="Math.Log(double)"/> and its siblings call the platform's library and may differ in the last bit, which would make
/// seeded initial weights and generated data differ between machines.
/// </summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417232121458;

    /// <summary>Natural logarithm of a positive, normal, finite number; relative error below 4·2⁻⁵³ away from 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        // ln m = 2 artanh(s) with |s| < 0.1716, so s²ᵏ⁺¹/(2k+1) is below 2⁻⁵⁶ from k = 10 on.
        double s = (mantissa - 1.0) / (mantissa + 1.0);
        double z = s * s;
        double sum = 0.0;
        for (int k = 21; k >= 3; k -= 2)
            sum = (sum + (1.0 / k)) * z;
        return (exponent * Ln2) + (2.0 * s * (1.0 + sum));
    }

    /// <summary>Sine and cosine of 2π·<paramref name="turns"/> for 0 ≤ turns ≤ 1 (any small number works); absolute error below 2⁻⁵¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Sin, double Cos) SinCosTurns(double turns)
    {
        double eighths = Math.Floor((turns * 4.0) + 0.5);
        double x = ((turns * 4.0) - eighths) * (Math.PI / 2.0);
        double z = x * x;
        double sin = 1.0, cos = 1.0;
        for (int k = 8; k >= 1; k--)
        {
            sin = 1.0 - (sin * z / (2 * k * ((2 * k) + 1)));
            cos = 1.0 - (cos * z / (2 * k * ((2 * k) - 1)));
        }

        sin *= x;
        return ((long)eighths & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }
}
