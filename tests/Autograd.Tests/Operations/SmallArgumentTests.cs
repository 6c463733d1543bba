using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Functions that are small where their argument is small keep their digits there, in whole vectors, in what is left of one, and for every type.</summary>
public sealed class SmallArgumentTests
{
    private static readonly (string Name, Func<Variable, Variable> Function, Func<double, double> Expected)[] Functions =
    [
        ("expm1", Ops.ExpM1, ExpM1), ("tanh", Ops.Tanh, Math.Tanh), ("erf", Ops.Erf, x => 2 / Math.Sqrt(Math.PI) * (x - (x * x * x / 3) + (Math.Pow(x, 5) / 10) - (Math.Pow(x, 7) / 42))),
        ("softplus", Ops.Softplus, x => x > -3 ? Math.Log(1 + Math.Exp(x)) : Math.Exp(x) - (Math.Exp(2 * x) / 2) + (Math.Exp(3 * x) / 3)),
        ("sin", Ops.Sin, Math.Sin),
    ];

    [Theory]
    [InlineData(DType.Float32, 4e-7)]
    [InlineData(DType.Float64, 2e-15)]
    public void Relative_errors_are_some_units_in_the_last_place(DType type, double tolerance)
    {
        double[] numbers =
        [
            .. from exponent in Enumerable.Range(3, 27)
               from digit in new[] { 1.0, -1.3, 2.7, -7.9 }
               select (double)(float)(digit * Math.Pow(10, -exponent)),
        ];
        foreach ((string name, Func<Variable, Variable> function, Func<double, double> expected) in Functions)
        {
            Check(type, tolerance, numbers, name, function, expected);
        }
    }

    [Theory]
    [InlineData(DType.Float32, 4e-7)]
    [InlineData(DType.Float64, 4e-15)]
    public void Relative_errors_are_small_over_the_whole_range_too(DType type, double tolerance)
    {
        double[] numbers = [.. Enumerable.Range(-860, 1721).Select(i => (double)(float)(i * 0.1003))];
        Check(type, tolerance, numbers, "expm1", Ops.ExpM1, x => Math.Abs(x) < 0.4 ? ExpM1(x) : Math.Exp(x) - 1);
        Check(type, tolerance, numbers, "tanh", Ops.Tanh, Math.Tanh);
    }

    [Fact]
    public void Special_values_are_exact()
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
        {
            double[] x = [0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1000, -1000];
            Assert.Equal([0, -0.0, double.PositiveInfinity, -1, double.NaN, double.PositiveInfinity, -1], Apply(type, x, Ops.ExpM1));
            Assert.Equal([0, -0.0, 1, -1, double.NaN, 1, -1], Apply(type, x, Ops.Tanh));
            Assert.All(new[] { Apply(type, x, Ops.ExpM1)[1], Apply(type, x, Ops.Tanh)[1], Apply(type, x, v => -v)[0] }, y => Assert.True(double.IsNegative(y)));
        }
    }

    [Fact]
    public void The_exponential_less_one_just_below_overflow_is_finite()
    {
        float x = 88.7f;
        Assert.Equal(Math.Exp(x), Apply(DType.Float32, [x], Ops.ExpM1)[0], 1e-5 * Math.Exp(x));
        Assert.Equal(Math.Exp(709.7), Apply(DType.Float64, [709.7], Ops.ExpM1)[0], 1e-12 * Math.Exp(709.7));
    }

    private static void Check(
        DType type, double tolerance, double[] numbers, string name, Func<Variable, Variable> function, Func<double, double> expected)
    {
        double[] together = Apply(type, numbers, function);
        for (int i = 0; i < numbers.Length; i++)
        {
            double want = expected(numbers[i]);
            Assert.True(Math.Abs(together[i] - want) <= tolerance * Math.Abs(want), $"{name}({numbers[i]}) in {type} = {together[i]}, expected {want}.");
            Assert.Equal(together[i], Apply(type, [numbers[i]], function)[0]);
        }
    }

    private static double[] Apply(DType type, double[] numbers, Func<Variable, Variable> function)
    {
        Variable x = Variable.Input("x", type, ["n"]);
        Value value = Value.Zeros(type, numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            value[i] = numbers[i];
        }

        Value result = Function.Compile([x], [function(x)], null, new ExecutionOptions { Threads = 1 }).Run(value)[0];
        return [.. Enumerable.Range(0, numbers.Length).Select(i => result[i])];
    }

    /// <summary>The Taylor series, whose terms shrink for |x| below 1.</summary>
    private static double ExpM1(double x)
    {
        double sum = 0, term = 1;
        for (int n = 1; n < 40; n++)
        {
            term *= x / n;
            sum += term;
        }

        return sum;
    }
}
