using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

public sealed class GradientTests
{
    [Fact]
    public void The_gradient_of_a_polynomial_and_its_derivatives_are_exact()
    {
        Variable x = Variable.Input("x", DType.Float64, []);
        Variable y = (x * x * x) + (2 * x);
        Variable first = Gradient.Of(y, x);
        Variable second = Gradient.Of(first, x);
        Variable third = Gradient.Of(second, x);
        Value[] results = Function.Compile([x], [first, second, third]).Run(Value.Of(3.0));
        Assert.Equal([29.0, 18.0, 6.0], results.Select(r => r.Scalar()));
    }

    [Fact]
    public void A_variable_that_does_not_matter_has_gradient_zero_or_null()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]);
        Variable z = Variable.Input("z", DType.Float32, [3]);
        Assert.Null(Gradient.OrNull(Ops.Sum(x), [z])[0]);
        Value zero = Function.Compile([x, z], [Gradient.Of(Ops.Sum(x), z)]).Run(Randoms.Normal(1, 2), Randoms.Normal(2, 3))[0];
        Assert.Equal([0f, 0f, 0f], zero.ToArray<float>());
    }

    [Fact]
    public void Nothing_flows_through_StopGradient_and_comparisons()
    {
        Variable x = Variable.Input("x", DType.Float32, [4]);
        Assert.Null(Gradient.OrNull(Ops.Sum(Ops.StopGradient(x) * 3), [x])[0]);
        Assert.Null(Gradient.OrNull(Ops.Sum(Ops.Cast(Ops.Greater(x, 0), DType.Float32)), [x])[0]);
    }

    [Fact]
    public void A_gradient_shared_by_a_chain_of_doublings_is_built_once()
    {
        Variable x = Variable.Input("x", DType.Float64, []);
        Variable y = x;
        for (int i = 0; i < 60; i++)
        {
            y = y + y;
        }

        Variable gradient = Gradient.Of(y, x);
        Assert.True(TopologicalOrder.Of([gradient]).Count < 200);
        Assert.Equal(Math.Pow(2, 60), Function.Compile([x], [gradient]).Run(Value.Of(1.0))[0].Scalar());
    }

    /// <summary>Each link is a choice and a product: twice the links take twice the nodes.</summary>
    [Fact]
    public void Choices_within_choices_cost_each_operation_the_same()
    {
        (int few, double slope) = Nodes(200);
        Assert.InRange(Nodes(400).Count, few, (2.1 * few) + 10);
        Assert.Equal(Math.Pow(1.001, 200), slope, 1e-12);

        static (int Count, double Slope) Nodes(int links)
        {
            Variable x = Variable.Input("x", DType.Float64, []), y = x;
            for (int i = 0; i < links; i++)
                y = Ops.Relu(y) * 1.001;
            Variable gradient = Gradient.Of(y, x);
            return (TopologicalOrder.Of([gradient]).Count, Function.Compile([x], [gradient]).Run(Value.Of(1.0))[0].Scalar());
        }
    }

    /// <summary>What both branches read gets the slope of the one that was taken, whichever was written first, and an infinite one of the other does not matter.</summary>
    [Fact]
    public void A_variable_in_both_branches_has_the_slope_of_the_one_taken()
    {
        Variable z = Variable.Input("z", DType.Float64, [4]), x = Ops.Exp(z), isChosen = Variable.Of(Value.Of([true, false, true, false], 4));
        double[] points = [-1, 0, 0.5, 2];
        foreach (bool turned in (bool[])[false, true])
        {
            Variable linear = 3 * x, square = x * x, root = Ops.Sqrt(x - 1), inverse = 1 / (x - 1);
            (Variable yes, Variable no) = turned ? (square, linear) : (linear, square);
            double[] expected = [.. points.Select((p, i) => (i % 2 == 0) == turned ? 2 * Math.Exp(2 * p) : 3 * Math.Exp(p))];
            Assert.Equal(expected, Slopes(Ops.Where(isChosen, yes, no)), (a, b) => Math.Abs(a - b) < 1e-12 * a);
            (yes, no) = turned ? (inverse, linear) : (linear, root);
            double[] found = Slopes(Ops.Where(turned ? Ops.Greater(z, 0.25) : Ops.Less(z, 0.25), yes, no));
            expected = [.. points.Select(p => p < 0.25 ? 3 * Math.Exp(p) : turned ? -Math.Exp(p) / Math.Pow(Math.Exp(p) - 1, 2) : 0.5 * Math.Exp(p) / Math.Sqrt(Math.Exp(p) - 1))];
            Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-12 * Math.Abs(a));
        }

        double[] Slopes(Variable y) => Function.Compile([z], [Gradient.Of(y.Sum(), z)]).Run(Value.Of(points, 4))[0].ToArray<double>();
    }

    [Fact]
    public void Only_floating_scalars_are_differentiated()
    {
        Variable x = Variable.Input("x", DType.Float32, [2]);
        Assert.Throws<GradientException>(() => Gradient.Of(x, x));
        Assert.Throws<GradientException>(() => Gradient.Of(Ops.Sum(Ops.Cast(x, DType.Int64)), x));
        Variable whole = Variable.Input("whole", DType.Int64, [2]);
        GradientException error = Assert.Throws<GradientException>(() => Gradient.Of(Ops.Sum(x * Ops.Cast(whole, DType.Float32)), whole));
        Assert.Contains("Expected floating-point variables to differentiate by, found whole:Int64[2]", error.Message, StringComparison.Ordinal);
    }
}
