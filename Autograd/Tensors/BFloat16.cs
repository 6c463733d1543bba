using System.Globalization;

namespace Toolkit.Autograd.Tensors;

/// <summary>A bfloat16 number: the sign, the 8 bits of exponent and the first 7 bits of fraction of a <see cref="float"/>.</summary>
/// <param name="Bits">The bits.</param>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>The nearest bfloat16, that with an even last bit at a tie; infinity beyond the greatest. NaN stays NaN.</summary>
    /// <param name="number">The number.</param>
    public static explicit operator BFloat16(float number)
    {
        uint bits = BitConverter.SingleToUInt32Bits(number);

        // Adding just under half of the last place carries into it where the rest is more than a half, or a half and the last bit is odd. A NaN must not carry.
        return new BFloat16((ushort)(float.IsNaN(number) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>The same number; exact.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator float(BFloat16 number) => BitConverter.UInt32BitsToSingle((uint)number.Bits << 16);

    /// <summary>The same number; exact.</summary>
    public float ToSingle() => this;

    /// <summary>The nearest bfloat16; see the conversion.</summary>
    /// <param name="number">The number.</param>
    public static BFloat16 FromSingle(float number) => (BFloat16)number;

    /// <inheritdoc/>
    public override string ToString() => ToSingle().ToString(CultureInfo.InvariantCulture);
}

/// <summary>A complex number of two <see cref="float"/>.</summary>
/// <param name="Real">The real part.</param>
/// <param name="Imaginary">The imaginary part.</param>
public readonly record struct Complex64(float Real, float Imaginary);
