using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Gradients where two pieces meet. Examples of the battery keep away from there, because differences say nothing.</summary>
public sealed class KinkTests
{
    /// <summary>Each function of one input at −2, −0, 0 and 3 with the slope that its documentation states.</summary>
    public static TheoryData<string, double[]> Slopes => new()
    {
        { "relu", [0, 0, 0, 1] },
        { "leaky relu", [0.25, 0.25, 0.25, 1] },
        { "leaky relu of a negative slope", [-0.5, -0.5, -0.5, 1] },
        { "abs", [-1, 0, 0, 1] },
        { "sign", [0, 0, 0, 0] },
        { "max with a number", [0, 0, 0, 1] },
        { "min with a number", [1, 0, 0, 0] },
        { "number with max", [0, 0, 0, 1] },
        { "clip", [0, 1, 1, 0] },
    };

    [Theory]
    [MemberData(nameof(Slopes))]
    public void A_function_has_the_stated_slope_at_its_kink(string name, double[] expected)
    {
        Variable x = Variable.Input("x", DType.Float64, [4]);
        Variable zero = Variable.Scalar(0, DType.Float64);
        Variable y = name switch
        {
            "relu" => x.Relu(),
            "leaky relu" => x.LeakyRelu(0.25),
            "leaky relu of a negative slope" => x.LeakyRelu(-0.5),
            "abs" => x.Abs(),
            "sign" => x.Sign(),
            "max with a number" => Ops.Max(x, 0),
            "min with a number" => Ops.Min(x, 0),
            "number with max" => Ops.Max(zero, x),
            _ => Ops.Clip(x, -1, 2),
        };
        Variable? slope = Gradient.OrNull(y.Sum(), [x])[0];
        Assert.Equal(expected, slope is null ? [0, 0, 0, 0] : Run([x], slope, Value.Of([-2.0, -0.0, 0.0, 3.0], 4)));
        Variable single = Variable.Input("x", DType.Float32, [4]);
        Assert.Equal([0f, 0, 0, 1], Function.Compile([single], [Gradient.Of(single.Relu().Sum(), single)]).Run(Value.Of([-2f, -0f, 0f, 3f], 4))[0].ToArray<float>());
    }

    /// <summary>Of two equal inputs each gets half; an input that is both of them gets all.</summary>
    [Fact]
    public void Equal_inputs_of_a_maximum_share_its_gradient()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]), y = Variable.Input("y", DType.Float64, [3]), weight = Variable.Of(Value.Of([2.0, 4.0, 8.0], 3));
        Value[] inputs = [Value.Of([1.0, 5.0, 3.0], 3), Value.Of([2.0, 5.0, -3.0], 3)];
        foreach ((Func<Variable, Variable, Variable> extremum, double[] first, double[] second) in new (Func<Variable, Variable, Variable>, double[], double[])[]
        {
            (Ops.Max, [0, 2, 8], [2, 2, 0]),
            (Ops.Min, [2, 2, 0], [0, 2, 8]),
        })
        {
            IReadOnlyList<Variable> gradients = Gradient.Of((weight * extremum(x, y)).Sum(), [x, y]);
            Assert.Equal(first, Run([x, y], gradients[0], inputs));
            Assert.Equal(second, Run([x, y], gradients[1], inputs));
            Assert.Equal([2.0, 4, 8], Run([x], Gradient.Of((weight * extremum(x, x)).Sum(), x), inputs[0]));
        }
    }

    /// <summary>All greatest elements of a reduction share its gradient in equal parts.</summary>
    [Fact]
    public void Equal_elements_of_a_reduction_share_its_gradient()
    {
        Variable x = Variable.Input("x", DType.Float64, [2, 4]), weight = Variable.Of(Value.Of([6.0, 8.0], 2));
        Value numbers = Value.Of([7.0, 7.0, 1.0, 7.0, -2.0, 0.0, -2.0, 4.0], 2, 4);
        Assert.Equal([2.0, 2, 0, 2, 0, 0, 0, 8], Run([x], Gradient.Of((weight * x.ReduceMax([1])).Sum(), x), numbers));
        Assert.Equal([0.0, 0, 6, 0, 4, 0, 4, 0], Run([x], Gradient.Of((weight * x.ReduceMin([1])).Sum(), x), numbers));
        Assert.Equal([1.0 / 3, 1.0 / 3, 0, 1.0 / 3, 0, 0, 0, 0], Run([x], Gradient.Of(x.ReduceMax([0, 1]), x), numbers));
    }

    /// <summary>The gradient of a window goes to the first of its greatest elements, that which its position names.</summary>
    [Fact]
    public void A_pooled_maximum_gives_its_gradient_to_the_first()
    {
        Variable x = Variable.Input("x", DType.Float64, [1, 1, 2, 4]);
        Variable y = x.MaxPool(new() { Kernel = [2, 2] });
        Assert.Equal(
            [0.0, 0, 1, 0, 1, 0, 0, 0],
            Run([x], Gradient.Of(y.Sum(), x), Value.Of([1.0, 2.0, 5.0, 5.0, 3.0, 3.0, 5.0, 0.0], 1, 1, 2, 4)));
    }

    private static double[] Run(Variable[] inputs, Variable result, params Value[] values)
    {
        double[] found = Function.Compile(inputs, [result]).Run(values)[0].ToArray<double>();
        Assert.Equal(Interpreter.Run(new Signature(inputs, [new Output("result", result)]), values)[0].ToArray<double>(), found);
        return found;
    }
}
