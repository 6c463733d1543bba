using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Checking;

public sealed class GradientCheckTests
{
    private static readonly Value At = Value.Of([0.3, -0.7, 1.1, 0.2], 2, 2);

    [Fact]
    public void Right_gradients_agree_in_every_direction_and_order()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch", 2]), w = Variable.Input("w", DType.Float64, [2, 3]);
        IReadOnlyList<GradientComparison> found = new GradientCheck { Order = 3, Elements = 10 }.Compare([x, w], [Ops.Softmax(x.MatMul(w))], [At, Value.Of([1.0, -1, 0.5, 0.2, 0.9, 2], 2, 3)]);
        Assert.Equal(3 * (3 + 4 + 6), found.Count);
        Assert.All(found, comparison => Assert.True(comparison.Agrees, $"{comparison}"));
        Assert.Contains(found, comparison => comparison.Order == 3 && Math.Abs(comparison.Derivative) > 1e-3);
    }

    /// <summary>Each rule is wrong in its own way: by a factor, in the seventh digit, in one element, in the order of elements, and only when it is differentiated itself.</summary>
    [Theory]
    [InlineData("factor", 1)]
    [InlineData("digit", 1)]
    [InlineData("element", 1)]
    [InlineData("order", 1)]
    [InlineData("second", 2)]
    public void A_wrong_rule_is_found(string fault, int order)
    {
        Variable Wrong(Variable x) => Ops.WithGradient(x, v => v * v * v, (v, _, g) => fault switch
        {
            "factor" => g * v * v * 3.0001,
            "digit" => g * v * v * 3.000001,
            "element" => g * v * v * 3 + Variable.Of(Value.Of([0, 0, 1e-4, 0], 2, 2)),
            "order" => Ops.Transpose(Ops.Transpose(g) * v * v * 3),
            _ => g * (v * Ops.StopGradient(v) * 3),
        });

        IReadOnlyList<GradientComparison> found = Compare(Wrong);
        Assert.All(found.Where(comparison => comparison.Order < order), comparison => Assert.True(comparison.Agrees, $"{comparison}"));
        Assert.Contains(found, comparison => comparison.Order == order && !comparison.Agrees);
        Assert.StartsWith($"Order {order}", Assert.Throws<GradientException>(() => new GradientCheck().Require(Wrong, At)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kink_is_not_taken_for_a_wrong_rule()
    {
        Value kink = Value.Of([0.0, 0.5], 2);
        Variable x = Variable.Input("x", DType.Float64, [2]);
        IReadOnlyList<GradientComparison> found = new GradientCheck { Order = 1, Directions = 0, Elements = 2 }.Compare([x], [Ops.Abs(x)], [kink]);
        Assert.Null(found[0].Difference);
        Assert.True(found[1].Agrees);
        Assert.Contains("smooth", Assert.Throws<GradientException>(() => new GradientCheck().Require(Ops.Abs, kink)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kink_nearby_costs_digits_and_nothing_else()
    {
        Variable x = Variable.Input("x", DType.Float64, [1]);
        foreach ((double at, double allowed) in new[] { (0.5e-3, 2e-6), (0.5, 1e-7) })
        {
            GradientComparison found = Assert.Single(new GradientCheck { Order = 1, Directions = 0, Elements = 1 }.Compare([x], [Ops.Relu(x) * 2], [Value.Of([at], 1)]));
            Assert.True(found.Agrees, $"{found}");
            Assert.InRange(found.Allowed / Math.Abs(found.Derivative), 0.99 * allowed, 1.01 * allowed);
        }
    }

    [Fact]
    public void Only_float64_can_be_compared()
    {
        Variable x = Variable.Input("x", DType.Float32, [2]);
        Assert.Contains("Float64", Assert.Throws<GradientException>(() => new GradientCheck().Compare([x], [x * x], [Value.Of([1f, 2f], 2)])).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<GradientComparison> Compare(Func<Variable, Variable> function)
    {
        Variable x = Variable.Input("x", DType.Float64, [2, 2]);
        return new GradientCheck().Compare([x], [function(x)], [At]);
    }
}
