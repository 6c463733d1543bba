using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

/// <summary>Functions that are differentiated as others of the same value, and their neighbours that must not be: derivatives by formulas on paper.</summary>
public sealed class EquivalentTests
{
    private static readonly double[] Points = [0, 0.05, -0.08, 0.5, -0.6, 0.95, -0.95, 1.3];

    /// <summary>f, f′, f″, and the coefficients of x and x² in f(x)/x.</summary>
    private static readonly Dictionary<string, (Func<Variable, Variable> Form, Func<double, (double F, double First, double Second)> Plain, double A, double B)> Functions = new()
    {
        ["sin"] = (Ops.Sin, x => (Math.Sin(x), Math.Cos(x), -Math.Sin(x)), 0, -1 / 6.0),
        ["sinh"] = (Ops.Sinh, x => (Math.Sinh(x), Math.Cosh(x), Math.Sinh(x)), 0, 1 / 6.0),
        ["expm1"] = (Ops.ExpM1, x => (double.Exp(x) - 1, Math.Exp(x), Math.Exp(x)), 0.5, 1 / 6.0),
        ["exp − 1"] = (x => Ops.Exp(x) - 1, x => (Math.Exp(x) - 1, Math.Exp(x), Math.Exp(x)), 0.5, 1 / 6.0),
        ["log(1 + x)"] = (x => Ops.Log(1 + x), x => (Math.Log(1 + x), 1 / (1 + x), -1 / ((1 + x) * (1 + x))), -0.5, 1 / 3.0),
        ["log(x + 1)"] = (x => Ops.Log(x + 1), x => (Math.Log(1 + x), 1 / (1 + x), -1 / ((1 + x) * (1 + x))), -0.5, 1 / 3.0),
        ["atan"] = (x => new Atan().Apply(x), x => (Math.Atan(x), 1 / (1 + (x * x)), -2 * x / ((1 + (x * x)) * (1 + (x * x)))), 0, -1 / 3.0),
        ["tanh"] = (Ops.Tanh, x => (Math.Tanh(x), 1 - (Math.Tanh(x) * Math.Tanh(x)), -2 * Math.Tanh(x) * (1 - (Math.Tanh(x) * Math.Tanh(x)))), 0, -1 / 3.0),
        ["tan"] = (x => new Tan().Apply(x), x => (Math.Tan(x), 1 + (Math.Tan(x) * Math.Tan(x)), 2 * Math.Tan(x) * (1 + (Math.Tan(x) * Math.Tan(x)))), 0, 1 / 3.0),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    /// <summary>f(x)/x with 1 at 0, and x/f(x) with 1 at 0, twice differentiated.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Quotients_that_are_filled_in_at_0_go_on_smoothly(string name)
    {
        (Func<Variable, Variable> form, Func<double, (double F, double First, double Second)> plain, double a, double b) = Functions[name];
        foreach ((Variable x, Variable isZero) in Conditions())
        {
            Check(x, Ops.Where(isZero, 1, form(x) / x), Points, Quotient);
            Check(x, Ops.Where(isZero, 1, x / form(x)), Points, at => Inverse(Quotient(at)));
        }

        (double, double, double) Quotient(double x)
        {
            if (x == 0)
                return (1, a, 2 * b);
            (double f, double first, double second) = plain(x);
            double slope = ((first * x) - f) / (x * x);
            return (f / x, slope, (second - (2 * slope)) / x);
        }
    }

    /// <summary>A multiple of what is compared with 0 is 0 there as well: sin(3x)/(3x), whose second derivative is −3 at 0.</summary>
    [Fact]
    public void The_argument_may_be_a_multiple()
    {
        foreach (Func<Variable, Variable> multiple in new Func<Variable, Variable>[] { x => 3 * x, x => x * 3 })
        {
            Variable x = Variable.Input("x", DType.Float64, ["n"]), three = multiple(x);
            (_, double first, double second) = Derivatives(x, Ops.Where(Ops.Equal(x, Number(0)), 1, Ops.Sin(three) / three), [0, 0.2])[0];
            Assert.Equal((0, -3.0), (first, Math.Round(second, 12)));
        }
    }

    [Fact]
    public void Quotients_that_look_like_them_keep_their_own_slopes()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n"]), isZero = Ops.Equal(x, Number(0));
        double[] points = [0.05, -0.08];
        Check(x, Ops.Where(isZero, 1, Ops.Log(2 + x) / x), points, p => OfQuotient(Math.Log(2 + p), 1 / (2 + p), -1 / ((2 + p) * (2 + p)), p));
        Check(x, Ops.Where(isZero, 1, Ops.Log(x + 2) / x), points, p => OfQuotient(Math.Log(2 + p), 1 / (2 + p), -1 / ((2 + p) * (2 + p)), p));
        Check(x, Ops.Where(isZero, 1, (Ops.Exp(x) - 2) / x), points, p => OfQuotient(Math.Exp(p) - 2, Math.Exp(p), Math.Exp(p), p));
        Check(x, Ops.Where(isZero, 2, Ops.Sin(x) / x), points, p => OfQuotient(Math.Sin(p), Math.Cos(p), -Math.Sin(p), p));
        Check(x, Ops.Where(isZero, 1, Ops.Sin(2 * x) / x), points, p => OfQuotient(Math.Sin(2 * p), 2 * Math.Cos(2 * p), -4 * Math.Sin(2 * p), p));
        Check(x, Ops.Where(Ops.Equal(x, Number(1)), 1, Ops.Sin(x) / x), points, p => OfQuotient(Math.Sin(p), Math.Cos(p), -Math.Sin(p), p));

        static (double, double, double) OfQuotient(double f, double first, double second, double x)
        {
            double slope = ((first * x) - f) / (x * x);
            return (f / x, slope, (second - (2 * slope)) / x);
        }
    }

    /// <summary>Quotients of exponentials with all exponents different, two alike, or in the other order; they are shares σ of differences.</summary>
    [Fact]
    public void Quotients_of_exponentials_are_told_apart()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n"]);
        Variable E(double factor, double shift = 0) => Ops.Exp((factor * x) + shift);
        double[] points = [0.3, -0.7, 1.1];
        foreach ((Variable above, Variable below, Func<double, double> plain) in new (Variable, Variable, Func<double, double>)[]
        {
            (E(2), E(1) + E(3), p => Math.Exp(2 * p) / (Math.Exp(p) + Math.Exp(3 * p))),
            (E(2), E(2) + E(3), p => Math.Exp(2 * p) / (Math.Exp(2 * p) + Math.Exp(3 * p))),
            (E(2), E(3) + E(2), p => Math.Exp(2 * p) / (Math.Exp(2 * p) + Math.Exp(3 * p))),
            (E(1, 1), E(1, 2) + E(3), p => Math.Exp(p + 1) / (Math.Exp(p + 2) + Math.Exp(3 * p))),
            (E(1) - E(-1), E(1) + E(-1), p => Math.Tanh(p)),
            (E(1) - E(-1), E(-1) + E(1), p => Math.Tanh(p)),
            (E(1) - E(-1), E(-1) + E(2), p => 2 * Math.Sinh(p) / (Math.Exp(-p) + Math.Exp(2 * p))),
            (E(1) - E(-1), E(2) + E(1), p => 2 * Math.Sinh(p) / (Math.Exp(p) + Math.Exp(2 * p))),
            (E(1) - E(-1), E(1) + E(2), p => 2 * Math.Sinh(p) / (Math.Exp(p) + Math.Exp(2 * p))),
            (E(1) - E(-1), E(2) + E(-1), p => 2 * Math.Sinh(p) / (Math.Exp(-p) + Math.Exp(2 * p))),
        })
        {
            (double Value, double First, double Second)[] found = Derivatives(x, above / below, points);
            for (int i = 0; i < points.Length; i++)
            {
                Assert.Equal(plain(points[i]), found[i].Value, 1e-13);
                Assert.Equal((plain(points[i] + 1e-5) - plain(points[i] - 1e-5)) / 2e-5, found[i].First, 1e-8);
            }
        }
    }

    /// <summary>ln(eˣ − 1) is x far out, and its slope eˣ/(eˣ − 1).</summary>
    [Fact]
    public void The_logarithm_of_expm1_has_its_slope_far_out()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n"]);
        (_, double near, _) = Derivatives(x, Ops.Log(Ops.ExpM1(x)), [0.5, 800])[0];
        Assert.Equal(Math.Exp(0.5) / (Math.Exp(0.5) - 1), near, 1e-13);
        Assert.Equal(1, Derivatives(x, Ops.Log(Ops.ExpM1(x)), [0.5, 800])[1].First);
    }

    /// <summary>√Σx² of each row, of numbers whose squares are infinite, with and without the axis.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Norms_of_rows_may_keep_their_axis(bool keep)
    {
        Variable x = Variable.Input("x", DType.Float64, [2, 2]);
        Value found = Function.Compile([x], [Gradient.Of(Ops.Sum(Ops.Sqrt(Ops.Sum(x * x, [1], keepDims: keep))), x)]).Run(Value.Of([3e200, 4e200, -5e-200, 12e-200], 2, 2))[0];
        Assert.Equal([0.6, 0.8, -5 / 13.0, 12 / 13.0], found.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    /// <summary>Of two points (1 ∓ 1/√3)/2, of three (1 ∓ √0.6)/2 and the middle, in ascending order.</summary>
    [Fact]
    public void Points_of_Gauss_and_Legendre_are_in_ascending_order()
    {
        (double[] two, double[] half) = GaussLegendre.Rule(2);
        (double[] three, double[] weights) = GaussLegendre.Rule(3);
        Close([(1 - (1 / Math.Sqrt(3))) / 2, (1 + (1 / Math.Sqrt(3))) / 2], two);
        Close([0.5, 0.5], half);
        Close([(1 - Math.Sqrt(0.6)) / 2, 0.5, (1 + Math.Sqrt(0.6)) / 2], three);
        Close([5 / 18.0, 8 / 18.0, 5 / 18.0], weights);

        static void Close(double[] expected, double[] found) => Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    private static IEnumerable<(Variable X, Variable IsZero)> Conditions()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n"]), zero = Number(0);
        yield return (x, Ops.Equal(x, zero));
        yield return (x, Ops.Equal(zero, x));
        yield return (x, new Not().Apply(new Not().Apply(Ops.Equal(x, zero))));
    }

    private static Variable Number(double number) => Variable.Scalar(number, DType.Float64);

    private static (double, double, double) Inverse((double Value, double First, double Second) q) =>
        (1 / q.Value, -q.First / (q.Value * q.Value), (2 * q.First * q.First / (q.Value * q.Value * q.Value)) - (q.Second / (q.Value * q.Value)));

    private static void Check(Variable x, Variable y, double[] points, Func<double, (double Value, double First, double Second)> plain)
    {
        (double Value, double First, double Second)[] found = Derivatives(x, y, points);
        for (int i = 0; i < points.Length; i++)
        {
            (double value, double first, double second) = plain(points[i]);
            Close(value, found[i].Value);
            Close(first, found[i].First);
            Close(second, found[i].Second);
        }

        static void Close(double expected, double found) => Assert.Equal(expected, found, 2e-10 * Math.Max(1, Math.Abs(expected)));
    }

    private static (double Value, double First, double Second)[] Derivatives(Variable x, Variable y, double[] points)
    {
        Variable first = Gradient.Of(Ops.Sum(y), x);
        Value[] found = Function.Compile([x], [y, first, Gradient.Of(Ops.Sum(first), x)]).Run(Value.Of(points, points.Length));
        return [.. points.Select((_, i) => (found[0][i], found[1][i], found[2][i]))];
    }
}
