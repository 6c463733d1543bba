using System.Collections.Frozen;

namespace Toolkit.Autograd.Tensors;

/// <summary>A floating-point format of at most eight bits, none of which C# has. Numbers are sign, exponent and fraction; the least exponent has numbers without a
/// leading 1 (Micikevicius et al., "FP8 formats for deep learning", 2022; OCP Microscaling formats, 2023).</summary>
internal sealed class SmallFloat
{
    private static readonly FrozenDictionary<DType, SmallFloat> Formats = new Dictionary<DType, SmallFloat>
    {
        [DType.Float8E4M3FN] = new(3, -6, 0x7E, null, 0x7F, 0x80),
        [DType.Float8E4M3FNUZ] = new(3, -7, 0x7F, null, 0x80, 0x80),
        [DType.Float8E5M2] = new(2, -14, 0x7B, 0x7C, 0x7F, 0x80),
        [DType.Float8E5M2FNUZ] = new(2, -15, 0x7F, null, 0x80, 0x80),
        [DType.Float4E2M1] = new(1, 0, 0x07, null, null, 0x08),
        [DType.Float8E8M0] = new(0, -127, 0xFE, null, 0xFF, 0),
    }.ToFrozenDictionary();

    private readonly float[] numbers;
    private readonly int fractionBits;
    private readonly int leastExponent;
    private readonly byte greatest;
    private readonly byte? infinity;
    private readonly byte? nan;
    private readonly byte signBit;

    /// <summary>Describes a format.</summary>
    /// <param name="fractionBits">The bits of the fraction.</param>
    /// <param name="leastExponent">The exponent of the least number with a leading 1.</param>
    /// <param name="greatest">The code of the greatest number.</param>
    /// <param name="infinity">The code of infinity; null where there is none.</param>
    /// <param name="nan">The code of NaN; null where there is none.</param>
    /// <param name="signBit">The bit of the sign.</param>
    private SmallFloat(int fractionBits, int leastExponent, byte greatest, byte? infinity, byte? nan, byte signBit)
    {
        (this.fractionBits, this.leastExponent, this.greatest) = (fractionBits, leastExponent, greatest);
        (this.infinity, this.nan, this.signBit) = (infinity, nan, signBit);
        numbers = [.. Enumerable.Range(0, 256).Select(code => Number((byte)code))];
    }

    /// <summary>The format of a type; null for a type that is not small.</summary>
    /// <param name="type">The element type.</param>
    public static SmallFloat? Of(DType type) => Formats.GetValueOrDefault(type);

    // A format whose NaN has the code of −0 has no −0.
    private bool HasNegativeZero => signBit != 0 && nan != signBit;

    // Powers of two alone: the code is the exponent, and there is no 0.
    private bool IsExponent => signBit == 0;

    /// <summary>The number that a code stands for.</summary>
    /// <param name="code">The code.</param>
    public float Decode(byte code) => numbers[code];

    /// <summary>
    /// The code of the nearest number, that with an even last bit at a tie. Beyond the greatest number: that one if saturated, otherwise infinity, or NaN in a
    /// format without. NaN in a format without gives 0. Exponents alone are rounded up, numbers from 0 down give the least of them.
    /// </summary>
    /// <param name="number">The number.</param>
    /// <param name="saturate">Whether what is too great becomes the greatest number.</param>
    public byte Encode(float number, bool saturate = true)
    {
        byte sign = float.IsNegative(number) ? signBit : (byte)0;
        if (float.IsNaN(number))
            return (byte)((nan ?? 0) | (HasNegativeZero && nan is not null ? sign : 0));
        double size = Math.Abs((double)number);
        if (IsExponent)
            return number <= numbers[0] ? (byte)0 : size > numbers[greatest] ? Beyond(0, saturate) : (byte)(Math.ILogB(size) + (double.IsPow2(size) ? 0 : 1) - leastExponent);
        if (double.IsInfinity(size))
            return Beyond(sign, saturate);
        int exponent = size == 0 ? leastExponent : Math.Max(Math.ILogB(size), leastExponent);

        // The fraction with its leading 1 in units of its last place. A carry out of it goes into the exponent, which lies above it in the code.
        double units = Math.Round(Math.ScaleB(size, fractionBits - exponent), MidpointRounding.ToEven);
        int code = ((exponent - leastExponent) << fractionBits) + (int)units;
        return code > greatest ? Beyond(sign, saturate) : code == 0 && !HasNegativeZero ? (byte)0 : (byte)(code | sign);
    }

    private byte Beyond(byte sign, bool saturate) =>
        saturate || (infinity is null && nan is null) ? (byte)(greatest | sign) : (byte?)(infinity | sign) ?? nan!.Value;

    private float Number(byte code)
    {
        int size = IsExponent ? code : code & (signBit - 1);
        bool isNegative = !IsExponent && (code & signBit) != 0;
        if (code == nan || (HasNegativeZero && (code ^ signBit) == nan) || (size > greatest && size != infinity))
            return float.NaN;
        double number = size == infinity ? double.PositiveInfinity
            : IsExponent ? Math.ScaleB(1, size + leastExponent)
            : size >> fractionBits == 0 ? Math.ScaleB(size, leastExponent - fractionBits)
            : Math.ScaleB((1 << fractionBits) + (size & ((1 << fractionBits) - 1)), leastExponent - fractionBits + (size >> fractionBits) - 1);
        return (float)(isNegative ? -number : number);
    }
}
