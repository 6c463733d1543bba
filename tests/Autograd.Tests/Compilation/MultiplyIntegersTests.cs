using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
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
