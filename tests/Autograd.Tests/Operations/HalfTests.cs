using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>float16 and bfloat16 are stored in two bytes and computed in float32; every operation rounds.</summary>
public sealed class HalfTests
{
    [Fact]
    public void Every_operation_rounds_to_the_half_type()
    {
        Variable x = Variable.Input("x", DType.Float16, [2]);

        // 2048 + 1 is no half: the first sum rounds to 2048, and so does the second, where one sum of both would give 2050.
        Variable y = x + 1 + 1;
        Assert.Equal(DType.Float16, y.DType);
        Value value = Value.Of([(Half)2048, (Half)1], 2);
        Assert.Equal([(Half)2048, (Half)3], Function.Compile([x], [y]).Run(value)[0].ToArray<Half>());
        Assert.Equal([(Half)2048, (Half)3], Interpreter.Run(new Signature([x], [new Output("y", y)]), value)[0].ToArray<Half>());
    }

    [Fact]
    public void A_chain_is_one_step_and_rounds_as_the_interpreter_does()
    {
        foreach (DType type in new[] { DType.Float16, DType.BFloat16 })
        {
            Variable x = Variable.Input("x", type, [2000]);
            Variable y = Ops.Exp(x * 0.37) / (x * x + 1.7) - Ops.Where(Ops.Greater(x, 0), x, 0);
            Value value = Value.Zeros(type, 2000);
            for (int i = 0; i < value.Count; i++)
                value[i] = Math.Sin(i) * 3;
            Function function = Function.Compile([x], [y]);
            Assert.Single(function.Profile([value], 1).Steps);
            Assert.True(function.Run(value)[0].BitEquals(Interpreter.Run(new Signature([x], [new Output("y", y)]), value)[0]));
        }
    }

    [Fact]
    public void A_sum_is_accumulated_in_float32()
    {
        Variable x = Variable.Input("x", DType.Float16, [4096]);
        Assert.Equal((Half)4096, Function.Compile([x], [Ops.Sum(x)]).Run(Value.Full(1, DType.Float16, 4096))[0].ToArray<Half>()[0]);
    }

    [Fact]
    public void Intermediate_results_take_two_bytes_an_element()
    {
        const int Size = 256;
        long Bytes(DType type)
        {
            Variable x = Variable.Input("x", type, [Size, Size]);
            Function function = Function.Compile([x], [x.Transpose()]);
            function.Run(Value.Zeros(type, Size, Size));
            return function.WorkingMemory;
        }

        Assert.Equal(Size * Size * 2, Bytes(DType.Float16));
        Assert.Equal(Size * Size * 2, Bytes(DType.BFloat16));
        Assert.Equal(Size * Size * 4, Bytes(DType.Float32));
    }

    /// <summary>
    /// The mean m of tanh²(xw) over 3 × 2 numbers, in plain loops on the same rounded x and w, all of size 1 at most. With the unit roundoff u, z = xw is off by u|z| (sums are taken in
    /// float32), t = tanh z by u(|z|(1 − t²) + |t|) ≤ 1.45u, 1 − t² by 2·1.45u + 2u ≤ 4.9u, ∂m/∂t = t/3 by (1.45 + 2)u/3 ≤ 1.2u, so ∂m/∂z by (4.9 + 1)u/3 + 1.2u ≤ 3.2u. A gradient of x sums two of them and is
    /// rounded once, which gives 7u; one of w sums three: 10.5u.
    /// </summary>
    [Theory]
    [InlineData(DType.Float16, 11)]
    [InlineData(DType.BFloat16, 8)]
    public void Gradients_are_off_by_the_roundings_on_the_way_alone(DType type, int bits)
    {
        Variable x = Variable.Input("x", type, [3, 4]), w = Variable.Input("w", type, [4, 2]);
        Value xs = Value.Zeros(type, 3, 4), ws = Value.Zeros(type, 4, 2);
        for (int i = 0; i < 12; i++)
            xs[i] = Math.Sin(i);
        for (int i = 0; i < 8; i++)
            ws[i] = Math.Cos(i);
        Value[] found = Function.Compile([x, w], [.. Gradient.Of(Ops.Mean(Ops.Tanh(Ops.MatMul(x, w)).Square()), [x, w])]).Run(xs, ws);
        double[] toX = new double[12], toW = new double[8];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 2; column++)
            {
                double t = Math.Tanh(Enumerable.Range(0, 4).Sum(k => xs[(row * 4) + k] * ws[(k * 2) + column])), slope = t * (1 - (t * t)) / 3;
                for (int k = 0; k < 4; k++)
                {
                    toX[(row * 4) + k] += slope * ws[(k * 2) + column];
                    toW[(k * 2) + column] += slope * xs[(row * 4) + k];
                }
            }
        }

        double unit = Math.Pow(2, -bits);
        Assert.All(found, gradient => Assert.Equal(type, gradient.DType));
        Assert.All(toX, (expected, i) => Assert.Equal(expected, found[0][i], 7 * unit));
        Assert.All(toW, (expected, i) => Assert.Equal(expected, found[1][i], 10.5 * unit));
    }

    [Fact]
    public void Without_rewritings_the_numbers_are_the_same()
    {
        Variable x = Variable.Input("x", DType.BFloat16, ["rows", 8]);
        Variable y = Ops.Softmax(x, 1) * 3;
        Value value = Value.Zeros(DType.BFloat16, 5, 8);
        for (int i = 0; i < value.Count; i++)
            value[i] = Math.Sin(i) * 2;
        Value plain = Function.Compile([x], [y], options: new ExecutionOptions { Compilation = CompilationOptions.None }).Run(value)[0];
        Assert.True(plain.BitEquals(Function.Compile([x], [y]).Run(value)[0]));
    }
}
