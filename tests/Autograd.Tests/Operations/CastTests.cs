using System.Numerics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Casts between all types, against rules written once more by other means.</summary>
public sealed class CastTests
{
    private static readonly DType[] Types = [.. Enum.GetValues<DType>().Where(type => type is not (DType.String or DType.Complex64 or DType.Complex128))];

    public static TheoryData<DType, DType> Pairs => [.. from a in Types from b in Types select new TheoryDataRow<DType, DType>(a, b)];

    public static TheoryData<DType> Small => [.. Types.Where(type => ElementType.Of(type) is { Kind: ElementKind.Floating, Bits: <= 8 })];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_cast_rounds_saturates_and_wraps_as_the_standard_says(DType from, DType to)
    {
        double[] numbers = [0, 1, -1, 2, 3, -3, 0.5, -0.5, 1.5, 2.5, -2.75, 7, 8, 15, 16, 100, 127, 128, -128, -129, 200, 255, 256, 1000, 40000, 65504, 70000, -70000, 3e9, -3e9, 1e10, 5e18, 1e-3];
        Value x = Value.Zeros(from, numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
            x[i] = numbers[i];
        Value y = Run(x, new Cast(to));
        for (int i = 0; i < numbers.Length; i++)
        {
            double expected = Expected(x, i, to);
            Assert.True(expected.Equals(y[i]), $"{x[i]:R} of {from} to {to}: expected {expected:R}, found {y[i]:R}");
        }
    }

    [Fact]
    public void NaN_becomes_0_among_integers_and_infinities_their_ends_or_0_where_lower_bits_are_kept()
    {
        Value x = Value.Of([float.NaN, float.PositiveInfinity, float.NegativeInfinity], 3);
        Assert.Equal([0, int.MaxValue, int.MinValue], Run(x, new Cast(DType.Int32)).ToArray<int>());
        Assert.Equal([0, 0, 0], Run(x, new Cast(DType.Int4)).ToArray<sbyte>());
        Assert.Equal([true, true, true], Run(x, new Cast(DType.Bool)).ToArray<bool>());
        Assert.Equal([Half.NaN, Half.PositiveInfinity, Half.NegativeInfinity], Run(x, new Cast(DType.Float16)).ToArray<Half>());
        Assert.Equal([0x7FC0, 0x7F80, 0xFF80], Run(x, new Cast(DType.BFloat16)).ToArray<BFloat16>().Select(b => (b.Bits & 0x7FFF) | (b.ToSingle() < 0 ? 0x8000 : 0)));
    }

    [Theory]
    [InlineData(DType.Float8E4M3FN, 448, 448, 448)]
    [InlineData(DType.Float8E4M3FNUZ, 240, 240, 240)]
    [InlineData(DType.Float8E5M2, 57344, 57344, 57344)]
    [InlineData(DType.Float8E5M2FNUZ, 57344, 57344, 57344)]
    public void Eight_bit_floats_saturate_where_they_are_asked_to(DType type, double greatest, double large, double infinite)
    {
        Value x = Value.Of([(float)greatest, 1e6f, float.PositiveInfinity, -1e6f, float.NaN], 5);
        Assert.Equal([greatest, large, infinite, -large, double.NaN], Numbers(Run(x, new Cast(type))));
        double beyond = type == DType.Float8E5M2 ? double.PositiveInfinity : double.NaN;
        Assert.Equal([greatest, beyond, beyond, -beyond, double.NaN], Numbers(Run(x, new Cast(type, Saturate: false))));
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_code_is_read_as_the_bits_say_and_written_back(DType type)
    {
        ElementType row = ElementType.Of(type);
        Value codes = Value.Zeros(type, 1 << row.Bits);
        for (int i = 0; i < codes.Count; i++)
            codes.Bytes[i] = (byte)i;
        Value numbers = Run(codes, new Cast(DType.Float32)), back = Run(numbers, new Cast(type, Saturate: false));
        for (int i = 0; i < codes.Count; i++)
        {
            Assert.Equal(Decoded(type, i), numbers[i]);
            Assert.Equal(numbers[i], back[i]);
            if (!double.IsNaN(numbers[i]))
                Assert.Equal(i, back.Bytes[i]);
        }
    }

    [Fact]
    public void A_chain_of_casts_rounds_at_every_step()
    {
        Variable x = Variable.Input("x", DType.Float32, [3]);
        Value value = Value.Of([1.2345678f, 1000.123f, 3.0000001f], 3);
        Value y = Function.Compile([x], [x.Cast(DType.Float16).Cast(DType.Float32) + 1]).Run(value)[0];
        Assert.Equal(value.ToArray<float>().Select(v => (double)((float)(Half)v + 1)), Numbers(y));
    }

    private static Value Run(Value x, Cast cast)
    {
        Variable variable = Variable.Input("x", x.DType, x.Shape);
        return Function.Compile([variable], [cast.Apply(variable)]).Run(x)[0];
    }

    private static IEnumerable<double> Numbers(Value value) => Enumerable.Range(0, value.Count).Select(i => value[i]);

    private static double Expected(Value x, int i, DType to)
    {
        ElementType from = ElementType.Of(x.DType), row = ElementType.Of(to);
        if (row.Kind == ElementKind.Logical)
            return x[i] != 0 ? 1 : 0;
        if (row.Kind == ElementKind.Floating)
            return Nearest((float)x[i], x[i], to);
        (BigInteger low, BigInteger high) = row.Kind == ElementKind.Unsigned
            ? (BigInteger.Zero, BigInteger.Pow(2, row.Bits) - 1)
            : (-BigInteger.Pow(2, row.Bits - 1), BigInteger.Pow(2, row.Bits - 1) - 1);
        BigInteger whole = Exact(x, i), range = BigInteger.Pow(2, row.Bits);
        if (from.Kind == ElementKind.Floating && row.Bits >= 8)
            return Double(BigInteger.Min(BigInteger.Max(whole, low), high));
        BigInteger rest = ((whole % range) + range) % range;
        return Double(rest > high ? rest - range : rest);

        // BigInteger's own conversion to double truncates.
        static double Double(BigInteger number) => number.Sign < 0 ? (long)number : (ulong)number;
    }

    private static BigInteger Exact(Value x, int i) => x.DType switch
    {
        DType.Int64 => x.Span<long>()[i],
        DType.UInt64 => x.Span<ulong>()[i],
        _ => new BigInteger(double.IsInfinity(x[i]) ? double.CopySign(1e30, x[i]) : Math.Truncate(x[i])),
    };

    /// <summary>The nearest number of a floating-point type, found by looking at all of those with up to 16 bits.</summary>
    private static double Nearest(float single, double number, DType to)
    {
        switch (to)
        {
            case DType.Float64: return number;
            case DType.Float32: return single;
            case DType.Float16: return (double)(Half)single;
            case DType.Float8E8M0: return number <= 0 ? Math.Pow(2, -127) : Math.Min(Math.Pow(2, 127), Math.Pow(2, Math.Ceiling(Math.Log2(single))));
        }

        if (to == DType.BFloat16 && float.IsInfinity(single))
            return single;
        double greatest = to == DType.BFloat16 ? double.MaxValue : Enumerable.Range(0, 1 << ElementType.Of(to).Bits).Select(code => Decoded(to, code)).Where(double.IsFinite).Max();
        double wanted = Math.Clamp(single, -greatest, greatest), best = double.NaN;
        int bestCode = 0;
        foreach (int code in Enumerable.Range(0, 1 << ElementType.Of(to).Bits))
        {
            double candidate = to == DType.BFloat16 ? BitConverter.UInt32BitsToSingle((uint)code << 16) : Decoded(to, code);
            double gap = Math.Abs(candidate - wanted) - Math.Abs(best - wanted);
            if (double.IsFinite(candidate) && (double.IsNaN(best) || gap < 0 || (gap == 0 && code % 2 == 0 && bestCode % 2 == 1)))
                (best, bestCode) = (candidate, code);
        }

        // Of the two zeros the first is found; the sign of the number decides.
        bool hasNegativeZero = to is DType.Float8E4M3FN or DType.Float8E5M2 or DType.Float4E2M1 or DType.BFloat16;
        return best == 0 && hasNegativeZero && double.IsNegative(single) ? -0.0 : best;
    }

    /// <summary>The number of a code, from the bits one by one.</summary>
    private static double Decoded(DType type, int code)
    {
        if (type == DType.Float8E8M0)
            return code == 255 ? double.NaN : Math.Pow(2, code - 127);
        (int exponentBits, int fractionBits, int bias) = type switch
        {
            DType.Float8E4M3FN => (4, 3, 7),
            DType.Float8E4M3FNUZ => (4, 3, 8),
            DType.Float8E5M2 => (5, 2, 15),
            DType.Float8E5M2FNUZ => (5, 2, 16),
            _ => (2, 1, 1),
        };
        int fraction = code % (1 << fractionBits), exponent = (code >> fractionBits) % (1 << exponentBits);
        bool negative = code >> (fractionBits + exponentBits) == 1, allOnes = exponent == (1 << exponentBits) - 1;
        if ((type is DType.Float8E4M3FNUZ or DType.Float8E5M2FNUZ) && code == 0x80)
            return double.NaN;
        if (type == DType.Float8E4M3FN && allOnes && fraction == 7)
            return double.NaN;
        if (type == DType.Float8E5M2 && allOnes)
            return fraction > 0 ? double.NaN : negative ? double.NegativeInfinity : double.PositiveInfinity;
        double unit = 1.0 / (1 << fractionBits);
        double size = exponent == 0 ? fraction * unit * Math.Pow(2, 1 - bias) : (1 + (fraction * unit)) * Math.Pow(2, exponent - bias);
        return negative ? -size : size;
    }
}
