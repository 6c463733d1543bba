using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Tests.Optimizers;

/// <summary>Which step a minimizer tries first, on ½(x − c)² + m, where any of 0.6 to 1.4 is taken as it is; and how functions of parameters count and refuse.</summary>
public sealed class FirstStepTests
{
    /// <summary>The lesser of |f|/‖g‖² and ‖x‖/‖g‖, those of them that say something; 1/‖g‖ if none does.</summary>
    [Theory]
    // g = 2: f/g² is ½ + 1.2/4, x/g is 10.
    [InlineData(20, 18, 1.2, 0.8)]
    // f/g² is ½ + 10, x/g is 0.9.
    [InlineData(1.8, -0.2, 40, 0.9)]
    // The value may be negative: |2 − 6|/4, against 10.
    [InlineData(20, 18, -6, 1.0)]
    // x = 0: f/g² is ½ + 1/4.
    [InlineData(0, -2, 1, 0.75)]
    // f = 0: x/g is 1.2.
    [InlineData(2.4, 0.4, -2, 1.2)]
    // Both are 0: 1/‖g‖ with g = 0.75.
    [InlineData(0, -0.75, -0.28125, 1 / 0.75)]
    public void The_first_step_goes_by_the_size_of_the_value_or_of_the_point(double start, double c, double m, double step)
    {
        foreach (Minimizer minimizer in new Minimizer[] { new NonlinearConjugateGradient { Iterations = 1, Tolerance = 0 }, new LimitedMemoryBfgs { Iterations = 1, Tolerance = 0 } })
        {
            (ScalarFunction f, Parameter x) = Make(start, c, m);
            MinimizerResult result = minimizer.Minimize(f);
            Assert.Equal(start - (step * (start - c)), Run.Number(x.Variable), 1e-12);
            Assert.Equal((2, 1), (result.Evaluations, result.Iterations));
        }
    }

    [Fact]
    public void A_newton_step_has_its_own_length()
    {
        (ScalarFunction f, Parameter x) = Make(20, 18, 1.2);
        MinimizerResult result = new NewtonConjugateGradient { Tolerance = 1e-12 }.Minimize(f);
        Assert.Equal(18, Run.Number(x.Variable), 1e-12);
        Assert.Equal((2, 1, true), (result.Evaluations, result.Iterations, result.Converged));
        Assert.Equal(2, f.Evaluations);
    }

    /// <summary>Once it remembers a step, the direction of L-BFGS has a length: on a parabola the second step ends at the minimum at the first try.</summary>
    [Fact]
    public void Later_steps_of_l_bfgs_begin_with_their_own_length()
    {
        (ScalarFunction f, Parameter x) = Make(20, 18, 1.2);
        MinimizerResult result = new LimitedMemoryBfgs { Tolerance = 1e-9 }.Minimize(f);
        Assert.Equal(18, Run.Number(x.Variable), 1e-9);
        Assert.Equal((3, 2), (result.Evaluations, result.Iterations));
    }

    [Fact]
    public void A_function_of_parameters_counts_and_takes_numbers_of_either_type()
    {
        var single = new Parameter("single", Value.Of([1f, 2f], 2));
        Parameter wide = DoubleModel.Weight("wide", [3], 1);
        var f = new ScalarFunction((single.Variable.Square().Sum().Cast(DType.Float64) * wide.Variable).Sum(), [single, wide]);
        Assert.Equal((3, 0), (f.Size, f.Evaluations));
        var g = new double[3];
        Assert.Equal(5 * 2.5, f.Evaluate([1, -2, 2.5], g), 1e-12);
        Run.Close([2 * 1 * 2.5, -2 * 2 * 2.5, 5], g, 1e-6);
        Assert.Equal([1, -2, 2.5], f.Point);
        f.Point = [0.5, 4, -1];
        Assert.Equal([0.5, 4], Run.Numbers(single.Value));
        Assert.Equal([-1], Run.Numbers(wide.Value));
        Assert.Equal(1, f.Evaluations);
        Assert.Equal("Expected 3 numbers, found 2.", Message(() => f.Evaluate([1, 2], g)));
        Assert.Equal("Expected at least one parameter, found none.", Message(() => new ScalarFunction(wide.Variable, [])));
    }

    private static string Message(Func<object> wrong) => Assert.Throws<ArgumentException>(wrong).Message.Split(" (Parameter", 2)[0];

    private static (ScalarFunction Function, Parameter X) Make(double start, double c, double m)
    {
        Parameter x = DoubleModel.Weight("x", [start], 1);
        return (new ScalarFunction(((0.5 * (x.Variable - c).Square()) + m).Sum(), [x]), x);
    }
}
