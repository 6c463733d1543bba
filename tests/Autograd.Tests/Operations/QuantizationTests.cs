using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Scales that come from data, and rows and columns with scales of their own.</summary>
public sealed class QuantizationTests
{
    /// <summary>Nothing refuses the scale of data: what it makes infinite saturates, what is no number is 0.</summary>
    [Theory]
    [InlineData(0f, new byte[] { 0, 255, 0, 0 })]
    [InlineData(-1f, new byte[] { 12, 8, 10, 0 })]
    [InlineData(float.NaN, new byte[] { 0, 0, 0, 0 })]
    [InlineData(float.PositiveInfinity, new byte[] { 10, 10, 10, 0 })]
    public void A_scale_of_data_that_makes_no_sense_saturates(float scale, byte[] expected)
    {
        Variable x = Variable.Input("x", DType.Float32, [4]), s = Variable.Input("scale", DType.Float32, []), zero = Variable.Of(Value.Of((byte)10));
        foreach (Value found in Both(new QuantizeLinear().Apply(x, s, zero), [x, s], Value.Of([-2f, 2, 0, float.NaN], 4), Value.Of(scale)))
            Assert.Equal(expected, found.ToArray<byte>());
    }

    /// <summary>The integers cannot say that an element was no number; their scale does.</summary>
    [Theory]
    [InlineData(new[] { 1f, float.NaN, -3 }, float.NaN)]
    [InlineData(new[] { 1f, float.PositiveInfinity, -3 }, float.PositiveInfinity)]
    [InlineData(new[] { float.NegativeInfinity, 1f, -3 }, float.PositiveInfinity)]
    [InlineData(new[] { 0f, 0, 0 }, 1f)]
    [InlineData(new[] { 0f, -0f, 255 }, 1f)]
    [InlineData(new[] { -51f, 0, 51 }, 0.4f)]
    public void A_scale_that_follows_from_data_says_what_they_were(float[] numbers, float expected)
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]);
        foreach (Value found in Both(new DynamicQuantizeLinear().ApplyAll(x)[1], [x], Value.Of(numbers, numbers.Length)))
            Assert.Equal(expected, (float)found.Scalar());
    }

    /// <summary>A matrix with a scale and a zero point for each row, times a vector: one number for each row.</summary>
    [Fact]
    public void Rows_keep_their_scales_beside_a_vector()
    {
        byte[] a = [9, 7, 5, 3, 8, 1], b = [4, 6, 2], zeroes = [1, 2];
        float[] scales = [0.5f, 2];
        var expected = new byte[2];
        for (int i = 0; i < 2; i++)
        {
            int sum = 0;
            for (int k = 0; k < 3; k++)
                sum += (a[(3 * i) + k] - zeroes[i]) * (b[k] - 3);
            expected[i] = (byte)Math.Clamp(Math.Round(sum * scales[i] * 0.25 / 0.5, MidpointRounding.ToEven) + 100, 0, 255);
        }

        Variable x = Variable.Input("a", DType.UInt8, [2, 3]);
        Variable y = new QLinearMatMul().Apply(
            x, Of(Value.Of(scales, 2)), Of(Value.Of(zeroes, 2)), Of(Value.Of(b, 3)), Of(Value.Of(0.25f)), Of(Value.Of((byte)3)), Of(Value.Of(0.5f)), Of(Value.Of((byte)100)));
        Assert.Equal<Dim>([2], y.Shape);
        foreach (Value found in Both(y, [x], Value.Of(a, 2, 3)))
            Assert.Equal(expected, found.ToArray<byte>());
    }

    /// <summary>Blocks that do not divide their axis: the last one is short. The wrong number of scales is refused when the graph is built.</summary>
    [Fact]
    public void The_last_block_may_be_short()
    {
        Variable x = Variable.Input("x", DType.Int8, [1, 5]);
        Variable y = new DequantizeLinear(1, 3).Apply(x, Of(Value.Of([2f, 10], 1, 2)));
        foreach (Value found in Both(y, [x], Value.Of((sbyte[])[1, 2, 3, 4, 5], 1, 5)))
            Assert.Equal([2f, 4, 6, 40, 50], found.ToArray<float>());
        string message = Assert.Throws<ShapeException>(() => new DequantizeLinear(1, 3).Apply(x, Of(Value.Of([2f, 10, 4], 1, 3)))).Message;
        Assert.Contains("expects numbers of shape [1, 2] for blocks of 3 along axis 1 of [1, 5], found [1, 3]", message, StringComparison.Ordinal);
    }

    /// <summary>Half way between two numbers the even one is taken; with halves as scales, zero points that no half holds are exact.</summary>
    [Fact]
    public void Ties_go_to_the_even_number_and_zero_points_are_exact()
    {
        Variable x = Variable.Input("x", DType.Float16, [5]), scale = Of(Value.Of([(Half)2], []));
        Value numbers = Value.Of([(Half)1, (Half)3, (Half)5, (Half)(-1), (Half)(-3)], 5);
        foreach (Value found in Both(new QuantizeLinear(DType.UInt16).Apply(x, scale, Of(Value.Of([(ushort)2049], []))), [x], numbers))
            Assert.Equal(new ushort[] { 2049, 2051, 2051, 2049, 2047 }, found.ToArray<ushort>());
    }

    /// <summary>Numbers of one sign: the other end of the range is 0, which is always exact.</summary>
    [Theory]
    [InlineData(new[] { -255f, -1, -100 }, 1, 255, new byte[] { 0, 254, 155 })]
    [InlineData(new[] { 255f, 1, 100 }, 1, 0, new byte[] { 255, 1, 100 })]
    public void The_range_that_follows_from_data_has_0_in_it(float[] numbers, float scale, byte zero, byte[] expected)
    {
        Variable x = Variable.Input("x", DType.Float32, [3]);
        IReadOnlyList<Variable> results = new DynamicQuantizeLinear().ApplyAll(x);
        foreach ((Variable result, double[] wanted) in results.Zip((double[][])[[.. expected.Select(e => (double)e)], [scale], [zero]]))
            Assert.All(Both(result, [x], Value.Of(numbers, 3)), found => Assert.Equal(wanted, Enumerable.Range(0, found.Count).Select(i => found[i])));
    }

    [Fact]
    public void The_type_of_a_result_may_be_chosen()
    {
        Variable x = Variable.Input("x", DType.Int8, [2]);
        Variable y = new DequantizeLinear(Type: DType.Float16).Apply(x, Of(Value.Of(0.25f)));
        Assert.Equal(DType.Float16, y.DType);
        foreach (Value found in Both(y, [x], Value.Of((sbyte[])[3, -8], 2)))
            Assert.Equal([(Half)0.75, (Half)(-2)], found.ToArray<Half>());
    }

    /// <summary>1024·128² + 1 is no float32: the sum is exact all the same, and a hair above the middle.</summary>
    [Fact]
    public void Products_of_integers_are_summed_exactly()
    {
        Variable a = Variable.Input("a", DType.UInt8, [1, 1025]), b = Variable.Input("b", DType.UInt8, [1025, 1]);
        byte[] numbers = [.. Enumerable.Repeat((byte)128, 1024), 1];
        Variable y = new QLinearMatMul().Apply(
            a, Of(Value.Of(Math.Pow(2, -25))), Of(Value.Of((byte)0)), b, Of(Value.Of(1.0)), Of(Value.Of((byte)0)), Of(Value.Of(1.0)), Of(Value.Of((byte)0)));
        foreach (Value found in Both(y, [a, b], Value.Of(numbers, 1, 1025), Value.Of(numbers, 1025, 1)))
            Assert.Equal([(byte)1], found.ToArray<byte>());
    }

    private static Variable Of(Value value) => Variable.Of(value);

    private static Value[] Both(Variable y, Variable[] inputs, params Value[] values)
    {
        var signature = new Signature(inputs, [new Output("y", y)]);
        return [Interpreter.Run(signature, values)[0], Function.Compile(signature).Run(values)[0]];
    }
}
