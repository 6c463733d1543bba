using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

/// <summary>Networks in the form QuantizeLinear, DequantizeLinear, as tools for quantization write them.</summary>
public class MultiplyIntegersTests
{
    private const int Rows = 5, Inputs = 7, Hidden = 6, Outputs = 3;

    /// <summary>Two layers: weights with a scale for each column, then a Gemm with transposed weights, a scale for each row and a bias. The numbers are those of plain loops over the integers.</summary>
    [Fact]
    public void A_quantized_network_multiplies_its_integers()
    {
        Value first = Bytes(DType.Int8, Inputs, Hidden), second = Bytes(DType.Int8, Outputs, Hidden), bias = Value.Of([0.5f, -0.25f, 1f], Outputs);
        float[] columns = [0.01f, 0.02f, 0.03f, 0.04f, 0.05f, 0.06f], rows = [0.02f, 0.01f, 0.03f];
        Variable x = Variable.Input("x", DType.Float32, ["batch", Inputs]);
        Variable h = Ops.Relu(Ops.MatMul(Through(x, 0.02f, 120), new DequantizeLinear(1).Apply(Variable.Of(first), Variable.Of(Value.Of(columns, Hidden)))));
        Variable y = new Gemm(TransposeB: true).Apply(Through(h, 0.03f, 0), new DequantizeLinear(0).Apply(Variable.Of(second), Variable.Of(Value.Of(rows, Outputs)), Variable.Of(Value.Of([(sbyte)3, (sbyte)-4, (sbyte)0], Outputs))), Variable.Of(bias));
        Function function = Function.Compile([x], [y]), plain = Function.Compile([x], [y], options: new ExecutionOptions { Compilation = new CompilationOptions { MultiplyIntegers = false } });
        float[] input = [.. Enumerable.Range(0, Rows * Inputs).Select(i => (float)Math.Sin(i))];
        Value value = Value.Of(input, Rows, Inputs);
        string[] Steps(Function of) => [.. of.Profile([value], 1).Steps.Select(step => step.Name)];
        Assert.Equal(2, Steps(function).Count(name => name.Contains("MatMulInteger", StringComparison.Ordinal)));
        Assert.DoesNotContain(Steps(function), name => name is "MatMul" or "Gemm");
        Assert.DoesNotContain(Steps(plain), name => name.Contains("MatMulInteger", StringComparison.Ordinal));

        double[] expected = Expected();
        Value found = function.Run(value)[0], floats = plain.Run(value)[0];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-5);
            Assert.Equal(expected[i], floats[i], 1e-5);
        }

        double[] Expected()
        {
            var result = new double[Rows * Outputs];
            for (int r = 0; r < Rows; r++)
            {
                var hidden = new int[Hidden];
                for (int j = 0; j < Hidden; j++)
                {
                    int sum = 0;
                    for (int p = 0; p < Inputs; p++)
                        sum += (Quantized(input[(r * Inputs) + p], 0.02f, 120) - 120) * (int)first[(p * Hidden) + j];
                    hidden[j] = Quantized(Math.Max(0f, sum * (0.02f * columns[j])), 0.03f, 0);
                }

                for (int j = 0; j < Outputs; j++)
                {
                    int sum = 0, zero = new[] { 3, -4, 0 }[j];
                    for (int p = 0; p < Hidden; p++)
                        sum += hidden[p] * ((int)second[(j * Hidden) + p] - zero);
                    result[(r * Outputs) + j] = (sum * 0.03 * rows[j]) + bias[j];
                }
            }

            return result;
        }
    }

    /// <summary>What is not one scale on the left, and one or one for each column on the right, of eight bits, stays a product of floating-point numbers.</summary>
    [Fact]
    public void Other_scales_and_types_stay()
    {
        Value bytes = Bytes(DType.Int8, 4, 4);
        Variable x = Variable.Input("x", DType.UInt8, [4, 4]), scale = Variable.Of(Value.Of(0.1f)), each = Variable.Of(Value.Of([0.1f, 0.2f, 0.3f, 0.4f], 4));
        Variable left = new DequantizeLinear().Apply(x, scale), right = new DequantizeLinear().Apply(Variable.Of(bytes), scale);
        Assert.True(IsInteger(Ops.MatMul(left, right)));
        Assert.True(IsInteger(Ops.MatMul(left, new DequantizeLinear(1).Apply(Variable.Of(bytes), each))));
        Assert.False(IsInteger(Ops.MatMul(left, new DequantizeLinear(0).Apply(Variable.Of(bytes), each))));
        Assert.False(IsInteger(Ops.MatMul(new DequantizeLinear(1).Apply(x, each), right)));
        Assert.False(IsInteger(Ops.MatMul(left, new DequantizeLinear(0, 2).Apply(Variable.Of(bytes), Variable.Of(Value.Of([.. Enumerable.Repeat(0.1f, 8)], 2, 4))))));
        Assert.False(IsInteger(Ops.MatMul(left, new DequantizeLinear().Apply(Variable.Of(Value.Of([.. Enumerable.Range(0, 16)], 4, 4)), scale))));
        Assert.False(IsInteger(new Gemm(TransposeA: true).Apply(left, right, null)));
        Assert.False(IsInteger(new Gemm(Alpha: 2).Apply(left, right, null)));

        bool IsInteger(Variable product) =>
            Function.Compile([x], [product]).Profile([Bytes(DType.UInt8, 4, 4)], 1).Steps.Any(step => step.Name.Contains("MatMulInteger", StringComparison.Ordinal));
    }

    /// <summary>A convolution whose result is quantized is one step with its bias and rectifier, another one is a convolution of integers and a factor; the numbers are those of the floating-point ones within a step of the scale.</summary>
    [Fact]
    public void A_quantized_convolution_multiplies_its_integers()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3, 8, 9]);
        float[] scales = [0.01f, 0.02f, 0.005f, 0.015f];
        Variable weights = new DequantizeLinear(0).Apply(Variable.Of(Bytes(DType.Int8, 4, 3, 3, 3)), Variable.Of(Value.Of(scales, 4)));
        Variable bias = new DequantizeLinear(0).Apply(Variable.Of(Value.Of([100, -200, 3000, 0], 4)), Variable.Of(Value.Of([.. scales.Select(scale => 0.02f * scale)], 4)));
        Variable h = Ops.Relu(new Conv([1, 1], [1, 1, 1, 1], [1, 1], 1).Apply(Through(x, 0.02f, 120), weights, bias));
        Variable last = new DequantizeLinear().Apply(Variable.Of(Bytes(DType.UInt8, 2, 4, 1, 1)), Variable.Of(Value.Of(0.01f)), Variable.Of(Value.Of((byte)90)));
        Variable y = new Conv([2, 1], [0, 0, 0, 0], [1, 1], 1).Apply(Through(h, 0.1f, 0), last, Variable.Of(Value.Of([0.5f, -1f], 2)));
        Function function = Function.Compile([x], [y]), plain = Function.Compile([x], [y], options: new ExecutionOptions { Compilation = new CompilationOptions { MultiplyIntegers = false } });
        Value value = Value.Of([.. Enumerable.Range(0, 2 * 3 * 8 * 9).Select(i => 2 * (float)Math.Sin(i * i))], 2, 3, 8, 9);
        string[] steps = [.. function.Profile([value], 1).Steps.Select(step => step.Name)];
        Assert.Single(steps, name => name.Contains("QLinearConv", StringComparison.Ordinal));
        Assert.Single(steps, name => name.Contains("ConvInteger", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, name => name is "Conv" or "Relu");
        Assert.DoesNotContain(plain.Profile([value], 1).Steps, step => step.Name.Contains("ConvInteger", StringComparison.Ordinal) || step.Name.Contains("QLinearConv", StringComparison.Ordinal));

        // A step of the hidden image is 0.1, and a weight at most 1.65.
        Value found = function.Run(value)[0], floats = plain.Run(value)[0];
        Assert.Equal(floats.Sizes.ToArray(), found.Sizes.ToArray());
        Assert.True(floats.Span<float>().ToArray().Max(Math.Abs) > 5);
        for (int i = 0; i < found.Count; i++)
            Assert.Equal(floats[i], found[i], 0.17);
    }

    /// <summary>A result that others read as well, a bias in other units, a rectifier above the least number: the convolution is one of integers, and quantized by itself. Other scales and types stay in floating point.</summary>
    [Fact]
    public void Other_convolutions_are_not_quantized_at_once()
    {
        Variable x = Variable.Input("x", DType.UInt8, [1, 4, 5, 5]), scale = Variable.Of(Value.Of(0.25f)), each = Variable.Of(Value.Of([0.1f, 0.2f, 0.3f, 0.4f], 4)), zero = Variable.Of(Value.Of((byte)9));
        Variable w = Variable.Of(Bytes(DType.Int8, 4, 4, 3, 3)), image = new DequantizeLinear().Apply(x, scale), weights = new DequantizeLinear(0).Apply(w, each);
        var window = new Conv([1, 1], [0, 0, 0, 0], [1, 1], 1);
        Variable Bias(float by) => new DequantizeLinear().Apply(Variable.Of(Value.Of([1, 2, 3, 4], 4)), Variable.Of(Value.Of(by)));
        Variable convolution = window.Apply(image, weights);
        Assert.Equal("QLinearConv", Kind(new QuantizeLinear().Apply(convolution, scale)));
        Assert.Equal("QLinearConv", Kind(new QuantizeLinear().Apply(Ops.Relu(convolution), scale)));
        Assert.Equal("ConvInteger", Kind(new QuantizeLinear().Apply(Ops.Relu(convolution), scale, zero)));
        Assert.Equal("ConvInteger", Kind(new QuantizeLinear().Apply(convolution, scale), convolution));
        Assert.Equal("QLinearConv", Kind(new QuantizeLinear().Apply(window.Apply(image, new DequantizeLinear().Apply(w, scale), Bias(0.0625f)), scale, zero)));
        Assert.Equal("ConvInteger", Kind(new QuantizeLinear().Apply(window.Apply(image, new DequantizeLinear().Apply(w, scale), Bias(0.06f)), scale, zero)));
        Assert.Equal("ConvInteger", Kind(new QuantizeLinear(DType.UInt8, 1).Apply(convolution, each)));
        Assert.Equal("Conv", Kind(window.Apply(image, new DequantizeLinear(1).Apply(w, each))));
        Assert.Equal("Conv", Kind(window.Apply(new DequantizeLinear(1).Apply(x, each), weights)));

        string Kind(params Variable[] results)
        {
            IEnumerable<string> names = Function.Compile([x], results).Profile([Bytes(DType.UInt8, 1, 4, 5, 5)], 1).Steps.Select(step => step.Name);
            return new[] { "QLinearConv", "ConvInteger", "Conv" }.First(kind => names.Any(name => name.Contains(kind, StringComparison.Ordinal)));
        }
    }

    private static Variable Through(Variable x, float scale, byte zero)
    {
        Variable by = Variable.Of(Value.Of(scale)), point = Variable.Of(Value.Of(zero));
        return new DequantizeLinear().Apply(new QuantizeLinear().Apply(x, by, point), by, point);
    }

    private static int Quantized(float x, float scale, int zero) => Math.Clamp((int)MathF.Round(x / scale, MidpointRounding.ToEven) + zero, 0, 255);

    private static Value Bytes(DType type, params int[] sizes)
    {
        var random = new Random(3);
        Value value = Value.Zeros(type, sizes);
        random.NextBytes(value.Bytes);
        return value;
    }
}
