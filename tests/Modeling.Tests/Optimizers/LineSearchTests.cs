using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Tests.Optimizers;

/// <summary>The line search on functions of one number: steps by hand, and step for step those of algorithms 3.5 and 3.6 of Nocedal and Wright written as plain loops.</summary>
public sealed class LineSearchTests
{
    /// <summary>(x − 1)² from 0 along 1, where f is 1 and the slope −2: |slope| of at most 0.8 is enough.</summary>
    [Theory]
    [InlineData(1.0, 1.0, 1)]
    [InlineData(0.625, 0.625, 1)]
    [InlineData(1.4, 1.4, 1)]
    // Too short: 2.5 times as far each time.
    [InlineData(0.1, 0.625, 3)]
    [InlineData(0.5, 1.25, 2)]
    // Too far: f is higher, and the parabola through both ends has its minimum at 1, or nearer than a tenth of the way.
    [InlineData(4.0, 1.0, 2)]
    [InlineData(10.0, 1.0, 2)]
    [InlineData(100.0, 1.0, 3)]
    // Lower, but beyond the minimum: the parabola from there back.
    [InlineData(1.6, 1.0, 2)]
    // Far too short: after eight tries it may be a matter of units.
    [InlineData(1e-8, 1e-8 * 1525.87890625 * 1e4 * 2.5, 0)]
    public void Steps_on_a_parabola_are_those_by_hand(double first, double step, int trials)
    {
        Parameter x = DoubleModel.Weight("x", [0], 1);
        var f = new ScalarFunction((x.Variable - 1.0).Square().Sum(), [x]);
        var found = LineSearch.Find(f, [0], 1, [-2], [1], first);
        Assert.NotNull(found);
        if (trials > 0)
        {
            Assert.Equal(step, found.Value.Step, 1e-14);
            Assert.Equal(trials, f.Evaluations);
            Assert.Equal(Math.Pow(step - 1, 2), found.Value.Value, 1e-14);
            Assert.Equal(2 * (step - 1), Assert.Single(found.Value.Gradient), 1e-14);
            Assert.Equal(step, Assert.Single(found.Value.Point), 1e-14);
        }
        else
        {
            Assert.InRange(found.Value.Step, 0.6, 1.4);
        }
    }

    public static TheoryData<string, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, double>();
            foreach (string name in Functions.Keys)
            {
                // 1.99995 is lower than the beginning, but by less than the slope promises.
                foreach (double first in new[] { 1e-9, 0.01, 0.3, 0.77, 1, 1.9, 1.99995, 2.6, 7, 40, 1e5 })
                    cases.Add(name, first);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_are_those_of_plain_loops(string name, double first)
    {
        (double start, double along, Func<Variable, Variable> form) = Functions[name];
        ScalarFunction searched = Make(), plain = Make();
        double[] g0 = new double[1];
        double f0 = plain.Evaluate([start], g0);
        Assert.True(g0[0] * along < 0);
        var found = LineSearch.Find(searched, [start], f0, g0, [along], first);
        (double? step, int trials) = Plain(s => At(plain, start + (s * along), along), f0, g0[0] * along, first);
        Assert.Equal(trials, searched.Evaluations);
        Assert.Equal(step, found?.Step);

        ScalarFunction Make()
        {
            Parameter x = DoubleModel.Weight("x", [start], 1);
            return new ScalarFunction(form(x.Variable).Sum(), [x]);
        }
    }

    /// <summary>Numbers that only float64 can hold are no points of a float32 parameter.</summary>
    [Fact]
    public void A_point_that_the_parameter_cannot_hold_is_too_far()
    {
        var x = new Parameter("x", Value.Of([1e38f], 1));
        var f = new ScalarFunction((1e-38 * (Variable.Scalar(3e38, DType.Float32) - x.Variable).Abs()).Sum(), [x]);
        double[] g0 = new double[1];
        double f0 = f.Evaluate([1e38f], g0);
        Assert.Equal(2, f0, 1e-6);
        var found = LineSearch.Find(f, [1e38f], f0, g0, [1e38], 50);
        Assert.NotNull(found);
        Assert.InRange(found.Value.Step, 0.1, 2.4);
        Assert.InRange(found.Value.Value, 0, 1.99);
    }

    private static Dictionary<string, (double Start, double Along, Func<Variable, Variable> Form)> Functions { get; } = new()
    {
        ["parabola"] = (0, 1, x => (x - 1.0).Square()),
        ["a flat and steep parabola"] = (0, 3, x => 1e-3 * (x - 2.0).Square()),
        ["backwards"] = (5, -2, x => (x - 1.0).Square() + 7.0),
        ["two valleys"] = (-2, 1, x => (x.Square() - 1.0).Square() + (0.3 * x)),
        ["waves"] = (0.1, -1, x => (0.02 * (x - 3.0).Square()) + (3.0 * x).Sin()),
        ["quick waves"] = (0.3, 1, x => (0.5 * x) + (5.0 * x).Cos()),
        ["a rise behind a valley"] = (0, 1, x => x.Square().Square() - (2.0 * x)),
        ["no values beyond 2"] = (0.5, 1, x => -(2.0 - x).Log() - (2.0 * x) + (1.5 * x.Square() / 4.0)),
        ["no values below 1"] = (3, -1, x => x - (x - 1.0).Log()),
        ["falls for ever"] = (0, 1, x => -x),
        ["a kink"] = (0, 1, x => (x - 1.0).Abs()),
        ["a kink far above 0"] = (0, 1, x => (x - 1.0).Abs() + 1e6),
        ["lost in rounding"] = (0, 1, x => 1e8 + (1e-9 * (x - 1.0).Square())),
        ["lost in rounding near 0"] = (0, 1, x => (1e-9 * (x - 1.0).Square()) - 1e8),
        // All values are the same but for rounding, and those at the end of a step lower than its slope promises: the parabola bends down.
        ["a wave lost in rounding"] = (0.01, 1, x => 1e8 + (4e-8 * (2.0 * x).Cos())),
        ["a value of 0"] = (0, 1, x => (x - 1.0).Square() - 1.0),
        ["tiny values"] = (0, 1, x => 1e-200 * (x - 1.0).Square()),
        ["sinks slowly"] = (0, 1, x => -(1.0 + x.Square()).Log() - (0.01 * x)),
    };

    private static (double Value, double Slope, bool Good) At(ScalarFunction f, double x, double along)
    {
        double[] g = new double[1];
        double value = f.Evaluate([x], g), slope = g[0] * along;
        return (value, slope, double.IsFinite(value) && double.IsFinite(slope) && double.IsFinite(g[0]) && double.IsFinite(x));
    }

    /// <summary>Algorithm 3.5 until an interval is found that holds a good step, then algorithm 3.6 within it; φ(s) = f(x + sd).</summary>
    private static (double? Step, int Trials) Plain(Func<double, (double Value, double Slope, bool Good)> phi, double f0, double slope0, double first)
    {
        double lo = 0, valueLo = f0, slopeLo = slope0, step = first, best = f0;
        double? hi = null, bestStep = null;
        double valueHi = 0;
        int trials = 0;
        while (trials < 60)
        {
            (double value, double slope, bool good) = phi(step);
            trials++;
            if (good && value < best)
            {
                best = value;
                bestStep = step;
            }

            bool tooHigh;
            if (!good)
                tooHigh = true;
            else if (Math.Abs(value - f0) <= 1e-15 * Math.Abs(f0))
                tooHigh = slope > 0.4 * Math.Abs(slope0);
            else
                tooHigh = value - f0 > 1e-4 * step * slope0 || value >= valueLo;

            if (tooHigh)
            {
                hi = step;
                valueHi = good ? value : double.PositiveInfinity;
            }
            else
            {
                if (Math.Abs(slope) <= 0.4 * Math.Abs(slope0))
                    return (step, trials);
                bool turned = hi is { } other ? Math.Sign(slope) * Math.Sign(other - lo) >= 0 : slope > 0;
                if (turned)
                {
                    hi = lo;
                    valueHi = valueLo;
                }

                lo = step;
                valueLo = value;
                slopeLo = slope;
            }

            if (hi is not { } end)
            {
                step *= trials <= 8 ? 2.5 : 100;
                continue;
            }

            // The parabola p with p(lo), p′(lo) and p(hi), and its minimum as a share of the way.
            double way = end - lo, bend = valueHi - valueLo - (slopeLo * way), share = 0.5;
            if (bend > 0)
                share = -0.5 * slopeLo * way / bend;
            step = lo + (Math.Min(Math.Max(share, 0.1), 0.9) * way);
        }

        return (bestStep, trials);
    }
}
