using System.Globalization;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("+.5")]
    [InlineData("5.")]
    [InlineData("1e5")]
    [InlineData("1E-7")]
    [InlineData("-12.5e+03")]
    [InlineData(" 7 ")]
    [InlineData("16777217")]
    [InlineData("16777217.000000001")]
    [InlineData("0.1000000014901161")]
    [InlineData("8388608.5")]
    [InlineData("8388609.5")]
    [InlineData("999999999999999e22")]
    [InlineData("3.4028236e38")]
    [InlineData("1e-46")]
    [InlineData("1e400")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    public void Numbers_are_those_of_float_Parse(string text) => Same(text);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("1 2")]
    [InlineData("--1")]
    public void Other_texts_are_none(string text)
    {
        Assert.False(float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        Assert.False(NumberText.TryParse(text, out _));
    }

    [Fact]
    public void Random_texts_and_those_half_way_between_two_numbers_have_the_same_bits()
    {
        var random = new Random(1);
        for (int i = 0; i < 200_000; i++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            if (!float.IsFinite(value))
                continue;
            double middle = ((double)value + MathF.BitIncrement(value)) / 2;
            Same(value.ToString(CultureInfo.InvariantCulture));
            Same(value.ToString(random.Next(2) == 0 ? "G5" : "F4", CultureInfo.InvariantCulture));
            Same(middle.ToString(random.Next(2) == 0 ? "G15" : "G17", CultureInfo.InvariantCulture));
            Same(Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(0, 10)), random.Next(0, 8)).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Same(string text)
    {
        float expected = float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(NumberText.TryParse(text, out float found), text);
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(found), $"{text}: expected {expected:R}, found {found:R}");
    }
}
