using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

/// <summary>An equal function skips what lies between a node and where it starts; nothing that is asked for is skipped, and chains of any length are followed. Derivatives by formulas on paper.</summary>
public sealed class EquivalentWayTests
{
    private readonly Variable x = Variable.Input("x", DType.Float64, []);

    /// <summary>ln xⁿ has the slope n/x, however the power is written.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(25)]
    [InlineData(40)]
    [InlineData(100)]
    public void The_logarithm_of_a_chain_of_factors_counts_each(int n)
    {
        Variable left = x, right = x, quotients = x, powers = x;
        for (int i = 1; i < n; i++)
        {
            left *= x;
            right = x * right;
            quotients /= 1 / x;
            powers = i % 2 == 0 ? powers * x : Ops.Pow(powers, 1) * x;
        }

        Assert.All(Gradients(2, left, right, quotients, powers), found => Assert.Equal(n / 2.0, found, 1e-12));
    }

    /// <summary>ln y for yₖ₊₁ = (yₖ·a)·(yₖ/b) and y₀ = x, a = b = 1: 2ᵏ ways, each counted, and none followed by itself.</summary>
    [Fact]
    public void The_logarithm_of_a_tree_of_factors_counts_each_way()
    {
        Variable a = Variable.Input("a", DType.Float64, []), b = Variable.Input("b", DType.Float64, []), y = x;
        for (int i = 0; i < 40; i++)
            y = (y * a) * (y / b);
        IReadOnlyList<Variable> slopes = Gradient.Of(Ops.Log(y), [x, a, b]);
        Value one = Value.Of(1.0);
        Value[] found = Function.Compile([x, a, b], slopes).Run(one, one, one);
        double ways = Math.Pow(2, 40);
        Assert.Equal([ways, ways - 1, 1 - ways], found.Select(value => value[0]));
    }

    /// <summary>Each form with a variable w on its way that is asked for, too: its own derivative, and the whole one by x, at x = 0.4.</summary>
    [Fact]
    public void What_is_asked_for_on_the_way_has_its_derivative()
    {
        const double At = 0.4;
        double e = Math.Exp(At), two = Math.Exp(2 * At), share = 1 / (1 + Math.Exp(-At));
        Variable w = Ops.Exp(x);
        Both(w, Ops.Log(w), 1 / e, 1);
        Both(w, Ops.Log(w * w * x), 2 / e, 2 + (1 / At));
        Both(w, Ops.Log(w + Ops.Exp(2 * x)), 1 / (e + two), (e + (2 * two)) / (e + two));
        Both(w, Ops.Log(1 + w), 1 / (1 + e), e / (1 + e));
        Both(w, Ops.Log(w - 1), 1 / (e - 1), e / (e - 1));
        Variable one = Variable.Scalar(1, DType.Float64);
        Both(one, Ops.Log(one + w), 1 / (1 + e), e / (1 + e));
        Both(w, w / (w + 1), 1 / ((e + 1) * (e + 1)), e / ((e + 1) * (e + 1)));
        Both(w, w / (Ops.Exp(x) + 1), 1 / (e + 1), e / ((e + 1) * (e + 1)));
        Both(w, Ops.Exp(x) / (w + 1), -e / ((e + 1) * (e + 1)), e / ((e + 1) * (e + 1)));
        Both(w, (w - Ops.Exp(-x)) / (Ops.Exp(x) + Ops.Exp(-x)), 1 / (e + (1 / e)), 1 - Math.Pow(Math.Tanh(At), 2));
        w = Ops.Sigmoid(x);
        Both(w, Ops.Log(w), 1 / share, 1 - share);
        Both(w, Ops.Log(1 - w), -1 / (1 - share), -share);
        w = Ops.Tanh(x) + 1;
        Both(w, Ops.Sqrt((w * w) + 4), (Math.Tanh(At) + 1) / Math.Sqrt(Math.Pow(Math.Tanh(At) + 1, 2) + 4), null);
        w = x * x;
        Both(w, Ops.Sqrt(w + 4), 0.5 / Math.Sqrt((At * At) + 4), At / Math.Sqrt((At * At) + 4));
        w = (x * x) + 4;
        Both(w, Ops.Sqrt(w), 0.5 / Math.Sqrt((At * At) + 4), At / Math.Sqrt((At * At) + 4));
        w = Ops.Sin(3 * x);
        Variable filled = Ops.Where(Ops.Equal(x, Variable.Scalar(0, DType.Float64)), 1, Ops.Sin(3 * x) / (3 * x));
        Both(w, Ops.Where(Ops.Equal(x, Variable.Scalar(0, DType.Float64)), 1, w / (3 * x)), 1 / (3 * At), ((3 * At * Math.Cos(3 * At)) - Math.Sin(3 * At)) / (3 * At * At));
        Both(filled.Producer!.Inputs[2], filled, 1, ((3 * At * Math.Cos(3 * At)) - Math.Sin(3 * At)) / (3 * At * At));

        // Within the second of two expressions that are written alike.
        w = 2 * x;
        double below = (two * Math.E) + 1;
        Both(w, Ops.Exp((2 * x) + 1) / (Ops.Exp(w + 1) + 1), -two * Math.E * two * Math.E / (below * below), 2 * two * Math.E / (below * below));
        Both(w, Ops.Exp(w + 1) / (Ops.Exp((2 * x) + 1) + 1), two * Math.E / below, 2 * two * Math.E / (below * below));

        void Both(Variable on, Variable y, double partial, double? total)
        {
            IReadOnlyList<Variable> slopes = Gradient.Of(y, [x, on]);
            Value[] found = Function.Compile([x], [.. slopes, Gradient.Of(y, on), Gradient.Of(y, x)]).Run(Value.Of(At));
            Assert.Equal(partial, found[1][0], 1e-13);
            Assert.Equal(partial, found[2][0], 1e-13);
            Assert.Equal(found[3][0], found[0][0], 1e-13);
            if (total is { } whole)
                Assert.Equal(whole, found[0][0], 1e-13);
        }
    }

    /// <summary>Σ cᵢ·ln pᵢ for p = softmax(z): c/p by the shares, and c − p·Σc by the logits.</summary>
    [Fact]
    public void Shares_and_logits_have_their_derivatives_together()
    {
        Variable z = Variable.Input("z", DType.Float64, [3]), p = Ops.Softmax(z, 0);
        double[] logits = [1, -0.5, 0.25], c = [2, 0, 1], powers = [.. logits.Select(Math.Exp)], shares = [.. powers.Select(power => power / powers.Sum())];
        IReadOnlyList<Variable> slopes = Gradient.Of(Ops.Sum(Ops.Log(p) * Variable.Of(Value.Of(c, 3))), [p, z]);
        Value[] found = Function.Compile([z], slopes).Run(Value.Of(logits, 3));
        Assert.Equal(c.Zip(shares, (weight, share) => weight / share), found[0].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-13);
        Assert.Equal(c.Zip(shares, (weight, share) => weight - (3 * share)), found[1].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-13);
    }

    /// <summary>Where an expression is written twice and what it is computed from is asked for, the equal function is still taken: eᵃ alone is infinite.</summary>
    [Fact]
    public void What_is_written_twice_is_no_obstacle()
    {
        Variable w = 400 * x;
        foreach (Variable y in new[] { Ops.Exp((2 * w) + 1) / (Ops.Exp((2 * w) + 1) + Ops.Exp((2 * w) + 2)), Ops.Exp(2 * w) / (1 + Ops.Exp(2 * w)) })
        {
            Value[] found = Function.Compile([x], [.. Gradient.Of(y, [x, w]), Gradient.Of(y, x)]).Run(Value.Of(2.0));
            Assert.All(found, value => Assert.Equal(0, value[0]));
        }
    }

    /// <summary>The 1 stands for other numbers than those of the quotient: where it is taken, the quotient has no part in the result.</summary>
    [Fact]
    public void A_quotient_that_another_number_fills_in_does_not_move()
    {
        Variable y = Variable.Input("y", DType.Float64, []);
        foreach (Variable three in new[] { 3 * y, y * 3 })
        {
            Variable f = Ops.Where(Ops.Equal(x, Variable.Scalar(0, DType.Float64)), 1, Ops.Sin(three) / three);
            Function slopes = Function.Compile([x, y], Gradient.Of(f, [x, y]));
            Assert.Equal([0.0, 0], slopes.Run(Value.Of(0.0), Value.Of(0.5)).Select(value => value[0]));
            Assert.Equal(((1.5 * Math.Cos(1.5)) - Math.Sin(1.5)) / 0.75, slopes.Run(Value.Of(1.0), Value.Of(0.5))[1][0], 1e-13);
        }
    }

    /// <summary>√Σx² of sixty numbers whose squares are infinite, added from either end.</summary>
    [Fact]
    public void Sums_of_many_squares_neither_overflow_nor_underflow()
    {
        Variable left = x * x, right = x * x;
        for (int i = 1; i < 60; i++)
            (left, right) = (left + (x * x), (x * x) + right);
        Value[] found = Function.Compile([x], [Gradient.Of(Ops.Sqrt(left), x), Gradient.Of(Ops.Sqrt(right), x)]).Run(Value.Of(1e200));
        Assert.All(found, slope => Assert.Equal(Math.Sqrt(60), slope[0], 1e-13));
    }

    /// <summary>Chains of tens of thousands of nodes, which no call of a function for each can follow, cost their length.</summary>
    [Theory]
    [InlineData("products")]
    [InlineData("products to the right")]
    [InlineData("squares of squares")]
    [InlineData("sums of squares")]
    [InlineData("sums of squares to the right")]
    [InlineData("alike but for their beginnings")]
    public void Long_chains_cost_their_length(string kind)
    {
        const int Length = 30_000;
        Variable other = Variable.Input("other", DType.Float64, []), chain = kind.StartsWith("sums", StringComparison.Ordinal) ? x * x : x, second = other;
        for (int i = 0; i < Length; i++)
        {
            chain = kind switch
            {
                "products" => chain * x,
                "products to the right" => x * chain,
                "squares of squares" => chain * chain,
                "sums of squares" => chain + (x * x),
                "sums of squares to the right" => (x * x) + chain,
                _ => Ops.Sin(chain),
            };
            second = kind.StartsWith("alike", StringComparison.Ordinal) ? Ops.Sin(second) : second;
        }

        Variable y = kind.StartsWith("alike", StringComparison.Ordinal) ? Ops.Exp(chain) / (Ops.Exp(second) + 1) : kind.StartsWith("sums", StringComparison.Ordinal) ? Ops.Sqrt(chain) : Ops.Log(chain);
        Assert.InRange(TopologicalOrder.Of([Gradient.Of(y, x)]).Count, Length, 12 * Length);
    }

    private double[] Gradients(double at, params Variable[] products) =>
        [.. Function.Compile([x], [.. products.Select(product => Gradient.Of(Ops.Log(product), x))]).Run(Value.Of(at)).Select(value => value[0])];
}
