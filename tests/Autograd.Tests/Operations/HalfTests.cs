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

    [Theory]
    [InlineData(DType.Float16, 1e-2)]
    [InlineData(DType.BFloat16, 6e-2)]
    public void Gradients_are_of_the_type_and_near_those_of_float32(DType type, double tolerance)
    {
        Value[] Gradients(DType used)
        {
            Variable x = Variable.Input("x", used, [3, 4]), w = Variable.Input("w", used, [4, 2]);
            Variable loss = Ops.Mean(Ops.Tanh(Ops.MatMul(x, w)).Square());
            Value xs = Value.Zeros(used, 3, 4), ws = Value.Zeros(used, 4, 2);
            for (int i = 0; i < 12; i++)
                xs[i] = Math.Sin(i);
            for (int i = 0; i < 8; i++)
                ws[i] = Math.Cos(i);
            return Function.Compile([x, w], [.. Gradient.Of(loss, [x, w])]).Run(xs, ws);
        }

        Value[] wide = Gradients(DType.Float32), half = Gradients(type);
        for (int g = 0; g < 2; g++)
        {
            Assert.Equal(type, half[g].DType);
            for (int i = 0; i < half[g].Count; i++)
                Assert.Equal(wide[g][i], half[g][i], tolerance);
        }
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
