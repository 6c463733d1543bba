using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

/// <summary>What a user can do without the libraries' inside: an operation with a rule, and a function with a gradient.</summary>
public sealed class CustomGradientTests
{
    private static readonly double[] Point = [0.3, -0.7, 1.6];

    [Fact]
    public void A_straight_through_estimator_rounds_and_lets_gradients_pass()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n"]);
        Variable y = Ops.WithGradient(x, v => new Round().Apply(v), (_, _, g) => g);
        Value[] found = Run(x, y, Gradient.Of(Ops.Sum(y * y), x));
        Assert.Equal([0, -1, 2], Numbers(found[0]));
        Assert.Equal([0, -2, 4], Numbers(found[1]));
    }

    [Fact]
    public void A_gradient_is_turned_round_or_left_out()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]), w = Variable.Input("w", DType.Float64, [3]);
        Variable turned = Ops.WithGradient(x, v => v, (_, _, g) => -g);
        Variable half = Ops.WithGradient([x, w], a => [a[0] * a[1]], (a, _, g) => [null, g[0] * a[0]])[0];
        Value[] found = Function.Compile([x, w], [Gradient.Of(Ops.Sum(turned), x), .. Gradient.Of(Ops.Sum(half), [x, w])]).Run(Value.Of(Point, 3), Value.Of([1.0, 2, 3], 3));
        Assert.Equal([-1, -1, -1], Numbers(found[0]));
        Assert.Equal([0, 0, 0], Numbers(found[1]));
        Assert.Equal(Point, Numbers(found[2]));
    }

    /// <summary>The rule is differentiated in its turn, another size of the batch and the interpreter give the same, and several results with one that nothing reads do.</summary>
    [Fact]
    public void A_rule_has_derivatives_of_its_own()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n"]);
        Variable y = Ops.WithGradient([x], a => [a[0].Exp(), a[0].Sin()], (a, r, g) => [(g[0] * r[0]) + (g[1] * a[0].Cos())])[1];
        new GradientCheck { Order = 3 }.Require([x], [y], [Value.Of(Point, 3)]);
        var signature = new Signature([x], [new Output("d", Gradient.Of(Ops.Sum(y), x))]);
        Assert.Equal([Math.Cos(2)], Numbers(Interpreter.Run(signature, Value.Of([2.0], 1))[0]));
        Assert.Equal([Math.Cos(2)], Numbers(Function.Compile(signature).Run(Value.Of([2.0], 1))[0]));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]), other = Variable.Input("other", DType.Float64, [3]);
        Assert.Contains("other", Assert.Throws<GraphException>(() => Ops.WithGradient(x, v => v * other, (_, _, g) => g)).Message, StringComparison.Ordinal);
        Assert.Contains("[3]", Assert.Throws<GradientException>(() => Ops.WithGradient(x, v => v, (_, _, g) => g.Sum())).Message, StringComparison.Ordinal);
        Assert.Throws<GradientException>(() => Ops.WithGradient([x, other], a => [a[0]], (_, _, g) => [g[0]]));
    }

    [Fact]
    public void An_operation_of_a_user_has_its_own_rule()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]);
        Variable y = new Softening(2).Apply(x);
        Value[] found = Run(x, y, Gradient.Of(Ops.Sum(y), x));
        Assert.All(Point, (p, i) => Assert.Equal(p / (1 + (2 * Math.Abs(p))), found[0][i], 1e-15));
        Assert.All(Point, (p, i) => Assert.Equal(1 / ((1 + (2 * Math.Abs(p))) * (1 + (2 * Math.Abs(p)))), found[1][i], 1e-15));
        new GradientCheck().Require(v => new Softening(2).Apply(v), Value.Of(Point, 3));
    }

    [Fact]
    public void An_undefined_gradient_is_reported_with_its_way_and_reason()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]);
        Variable hidden = Ops.Sin(x), hashed = new Hash().Apply(hidden);
        new Origin { Layer = "encoder", Name = "lookup" }.Mark([hashed], [hidden]);
        Variable loss = Ops.Sum(Ops.Tanh(hashed) * 2);
        string message = Assert.Throws<GradientException>(() => Gradient.Of(loss, x)).Message;
        Assert.Contains("because a hash has no slope.", message, StringComparison.Ordinal);
        Assert.Contains("The way to it: ReduceSum → Mul → Tanh → Hash of \"encoder/lookup\" → Sin → x:Float64[3].", message, StringComparison.Ordinal);
    }

    /// <summary>One place more than the ends are is shown as well.</summary>
    [Theory]
    [InlineData(10, "Sin → Sin → Sin → Sin → Sin → Sin → Sin → Sin → Sin → Sin")]
    [InlineData(11, "Sin → Sin → Sin → Sin → Sin → … (2 more) … → Sin → Sin → Sin → Sin")]
    [InlineData(5000, "Sin → Sin → Sin → Sin → Sin → … (4991 more) … → Sin → Sin → Sin → Sin")]
    public void A_long_way_is_shown_by_its_ends(int length, string shown)
    {
        Variable x = Variable.Input("x", DType.Float64, [3]), y = new Hash().Apply(x);
        for (int i = 0; i < length; i++)
            y = Ops.Sin(y);
        string message = Assert.Throws<GradientException>(() => Gradient.Of(Ops.Sum(y), x)).Message;
        Assert.Contains($"ReduceSum → {shown} → Hash → x:Float64[3].", message, StringComparison.Ordinal);
    }

    private static Value[] Run(Variable x, params Variable[] outputs) => Function.Compile([x], outputs).Run(Value.Of(Point, 3));

    private static double[] Numbers(Value value) => [.. Enumerable.Range(0, value.Count).Select(i => value[i])];

    /// <summary>x/(1 + s|x|), whose slope is the square of 1/(1 + s|x|).</summary>
    private sealed record Softening(double Strength) : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable> Expand(Arguments inputs) => [inputs[0] / (1 + (Strength * Ops.Abs(inputs[0])))];

        public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
            [request.Gradient(0) is { } g ? g / (1 + (Strength * Ops.Abs(request[0]))).Square() : null];
    }

    private sealed record Hash : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => throw request.NotDefined("a hash has no slope");
    }
}
