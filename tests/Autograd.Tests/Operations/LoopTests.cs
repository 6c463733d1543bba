using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

public sealed class LoopTests
{
    private static readonly Variable Count = Variable.Input("count", DType.Int64, []), S = Variable.Input("s", DType.Float64, ["n"]);

    [Theory]
    [InlineData(-2)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_number_of_turns_that_shows_when_it_runs(int count)
    {
        // s ← w·s + t: s_T = wᵀ·s + Σ w^(T−1−t)·t, y_t = s_t.
        var w = new Parameter("w", Value.Of(0.5));
        (IReadOnlyList<Variable> carried, IReadOnlyList<Variable> outputs) = Ops.Loop(Count, null, [S], (t, c) => Always((c[0] * w) + Ops.Cast(t, DType.Float64)));
        Variable loss = carried[0].Square().Sum() + outputs[0].Sum();
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [S, w]);
        Variable second = Gradient.Of(gradients[1], S);
        var signature = new Signature(
            [Count, S],
            [new Output("last", carried[0]), new Output("all", outputs[0]), new Output("gs", gradients[0]), new Output("gw", gradients[1]), new Output("gws", second)]);
        double[] initial = [3, -1], s = [3, -1], dsdw = [0, 0], sumDw = [0, 0], sumDs = [0, 0], sumDws = [0, 0], dws = [0, 0];
        var all = new List<double>();
        double ds = 1;
        for (int t = 0; t < count; t++)
        {
            // Derivatives of this turn by w, by the initial s, and by both.
            for (int i = 0; i < 2; i++)
            {
                dws[i] = (0.5 * dws[i]) + ds;
                dsdw[i] = (0.5 * dsdw[i]) + s[i];
                s[i] = (0.5 * s[i]) + t;
            }

            ds *= 0.5;
            for (int i = 0; i < 2; i++)
            {
                sumDw[i] += dsdw[i];
                sumDs[i] += ds;
                sumDws[i] += dws[i];
            }

            all.AddRange(s);
        }

        double[][] expected =
        [
            s,
            [.. all],
            [.. s.Select((value, i) => (2 * value * ds) + sumDs[i])],
            [s.Select((value, i) => (2 * value * dsdw[i]) + sumDw[i]).Sum()],
            [.. s.Select((value, i) => (2 * ds * dsdw[i]) + (2 * value * dws[i]) + sumDws[i])],
        ];
        Value[] inputs = [Value.Of((long)count), Value.Of(initial, 2)];
        Close(expected, Interpreter.Run(signature, inputs));
        Close(expected, Function.Compile(signature).Run(inputs));
    }

    [Theory]
    [InlineData(true, 20.0)]
    [InlineData(false, 3.0)]
    public void A_condition_ends_it(bool first, double expected)
    {
        // Doubled, and one more, while below 12: 3, 7, 15 … the last turn is the one whose result is not below.
        Variable condition = Variable.Input("condition", DType.Bool, [1]), x = Variable.Input("x", DType.Float64, []);
        (IReadOnlyList<Variable> carried, IReadOnlyList<Variable> outputs) = Ops.Loop(null, condition, [x], (_, c) =>
        {
            Variable next = (c[0] * 2) + 1;
            return (Ops.Less(next, 12), [next], [c[0]]);
        });
        Variable y = (carried[0] + outputs[0].Sum() - 5) * 1;
        Function function = Function.Compile([condition, x], [y, Gradient.Of(carried[0], x)]);
        Value[] found = function.Run(Value.Of([first], 1), Value.Of(3.0));
        Assert.Equal(first ? expected : expected - 5, found[0].Scalar());
        Assert.Equal(first ? 4 : 1, found[1].Scalar());
        Assert.Equal(first ? [3.0, 7.0] : [], Function.Compile([condition, x], outputs).Run(Value.Of([first], 1), Value.Of(3.0))[0].ToArray<double>());
    }

    [Fact]
    public void What_the_body_says_counts_only_beside_a_condition()
    {
        Variable[] inputs = [Body.Input("turn", new TensorType(DType.Int64, [])), Body.Input("condition", new TensorType(DType.Bool, [])), Body.Input("x", S.Type)];
        var loop = new Loop(new Body(inputs, [Variable.Of(Value.Of(false)), inputs[2] + 1]), 1, [0]);
        Assert.Equal(3, Function.Compile([Count, S], [loop.Apply(Count, null, S)]).Run(Value.Of(3L), Value.Of([0.0], 1))[0].Scalar());
        Assert.Equal(1, Function.Compile([Count, S], [loop.Apply(Count, Variable.Of(Value.Of(true)), S)]).Run(Value.Of(3L), Value.Of([0.0], 1))[0].Scalar());
    }

    [Fact]
    public void The_gradient_computes_no_turn_again()
    {
        Variable y = Ops.Loop(Count, null, [S], (_, c) => Always(c[0].Exp())).Carried[0];
        Signature merged = new Merging().Apply(new Signature([Count, S], [new Output("y", y), new Output("g", Gradient.Of(y.Sum(), S))]));
        Assert.Equal(1, merged.Nodes.Count(n => n.Operation is Loop));
        Scan backward = merged.Nodes.Select(n => n.Operation).OfType<Scan>().Single();
        Assert.Equal([1], backward.InputDirections);
    }

    [Fact]
    public void What_carried_values_were_is_kept_only_where_it_is_read()
    {
        Variable y = Ops.Loop(Count, null, [S], (_, c) => ((Variable?)null, [c[0].Sin()], [])).Carried[0];
        var options = new ExecutionOptions { Limits = new Limits { Elements = 10 } };
        Value[] inputs = [Value.Of(100L), Value.Of([0.5, 0.1], 2)];
        Assert.Equal(2, Function.Compile([Count, S], [y], null, options).Run(inputs)[0].Count);
        Assert.Contains(
            "up to 10 elements", Assert.Throws<SizeException>(() => Function.Compile([Count, S], [Gradient.Of(y.Sum(), S)], null, options).Run(inputs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_may_grow_from_turn_to_turn()
    {
        // Fibonacci numbers, one more in each turn, and a product with their sum beside them.
        Variable start = Variable.Input("start", DType.Float64, [2]);
        (IReadOnlyList<Variable> carried, IReadOnlyList<Variable> outputs) = Ops.Loop(Count, null, [start, S], (_, c) =>
        {
            Variable last = c[0].Gather(Ops.Integers(-2, -1)).Sum();
            return (null, [Ops.Concat(0, c[0], last.Reshape([1])), c[1] * 2], [c[0].Sum()]);
        });
        Assert.False(carried[0].Shape.IsStatic);
        Assert.Equal(S.Type, carried[1].Type);
        Function function = Function.Compile([Count, start, S], [carried[0], outputs[0], Gradient.Of(carried[1].Sum(), S)]);
        Close([[1, 1, 2, 3, 5], [2, 4, 7], [8]], function.Run(Value.Of(3L), Value.Of([1.0, 1.0], 2), Value.Of([1.0], 1)));
        Close([[1, 1], [], [1]], function.Run(Value.Of(0L), Value.Of([1.0, 1.0], 2), Value.Of([1.0], 1)));
        string message = Assert.Throws<GradientException>(() => Gradient.Of(carried[0].Sum(), start)).Message;
        Assert.Contains("carried value 0 changes its type", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_known_number_of_turns_needs_no_second_plan()
    {
        (IReadOnlyList<Variable> carried, IReadOnlyList<Variable> outputs) = Ops.Loop(S.ShapeOf(), null, [S], (t, c) => Always(c[0] + Ops.Cast(t, DType.Float64)));
        Assert.Equal("[n, n]", outputs[0].Shape.ToString());
        Function function = Function.Compile([S], [carried[0], outputs[0]]);
        Value x = Value.Of([1.0, 2.0], 2);
        Assert.NotNull(function.PlanFor([x]));
        Close([[2, 3], [1, 2, 2, 3]], function.Run(x));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bodies_read_sizes_of_the_graph_around_them(bool isCounted)
    {
        // The elements have the batch of the captured variable, also where there is no turn, and the body expands to it.
        Variable x = Variable.Input("x", DType.Float64, ["batch", 2]), zero = Variable.Scalar(0, DType.Float64);
        Variable condition = Variable.Input("condition", DType.Bool, []);
        Variable size = x.ShapeOf();
        (_, IReadOnlyList<Variable> outputs) = Ops.Loop(
            isCounted ? Variable.Of(Value.Of(2L)) : Count, condition, [zero], (_, c) => (null, [c[0] + 1], [new Autograd.Operations.Shaping.Expand().Apply(c[0], size)]));
        Variable[] inputs = isCounted ? [condition, x] : [condition, x, Count];
        Function function = Function.Compile(inputs, outputs);
        foreach (int batch in new[] { 1, 3 })
        {
            Value[] values = [Value.Of(true), Value.Zeros(DType.Float64, batch, 2), .. isCounted ? [] : new[] { Value.Of(2L) }];
            Value found = function.Run(values)[0];
            Assert.Equal([2, batch, 2], found.Sizes.ToArray());
            Assert.Equal(2.0 * batch, found.ToArray<double>().Sum());
            values[0] = Value.Of(false);
            Assert.Equal([0, batch, 2], function.Run(values)[0].Sizes.ToArray());
        }
    }

    [Fact]
    public void Loops_nest()
    {
        // Σ over i < n of Σ over j ≤ i of x·j.
        Variable x = Variable.Input("x", DType.Float64, []);
        Variable Inner(Variable i, Variable sum) => Ops.Loop(i + 1, null, [sum], (j, c) => (null, [c[0] + (x * Ops.Cast(j, DType.Float64))], [])).Carried[0];
        Variable y = Ops.Loop(Count, null, [Variable.Scalar(0, DType.Float64)], (i, c) => (null, [Inner(i, c[0])], [])).Carried[0];
        Function function = Function.Compile([Count, x], [y, Gradient.Of(y * y, x)]);
        Close([[20], [400]], function.Run(Value.Of(4L), Value.Of(2.0)));
        Close([[0], [0]], function.Run(Value.Of(1L), Value.Of(2.0)));
    }

    [Fact]
    public void A_loop_that_never_ends_is_ended()
    {
        Variable yes = Variable.Of(Value.Of(true));
        Variable y = Ops.Loop(null, yes, [S], (_, c) => (yes, [c[0] + 1], [])).Carried[0];
        var few = new ExecutionOptions { Limits = new Limits { Turns = 1000 } };
        Value x = Value.Of([1.0], 1);
        Assert.Contains("up to 1000 turns", Assert.Throws<SizeException>(() => Function.Compile([S], [y], null, few).Run(x)).Message, StringComparison.Ordinal);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Function function = Function.Compile([S], [y]);
        Assert.Throws<OperationCanceledException>(() => function.Run([x], soon.Token));

        // Within a branch and another loop too, and where nothing is computed in a turn.
        Variable condition = Variable.Input("condition", DType.Bool, []);
        Variable Endless(Variable s) => Ops.Loop(null, yes, [s], (_, c) => (yes, [c[0]], [])).Carried[0];
        Variable within = Ops.If(condition, [S], a => [Ops.Loop(Variable.Of(Value.Of(2L)), null, [a[0]], (_, c) => (null, [Endless(c[0])], [])).Carried[0]], a => [a[0]])[0];
        Function nested = Function.Compile([condition, S], [within]);
        Assert.Equal(1.0, nested.Run(Value.Of(false), x)[0].Scalar());
        using var later = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Throws<OperationCanceledException>(() => nested.Run([Value.Of(true), x], later.Token));
        Assert.Throws<SizeException>(() => Function.Compile([condition, S], [within], null, few).Run(Value.Of(true), x));
    }

    [Fact]
    public void An_output_that_never_ends_grows_up_to_the_limit()
    {
        Variable yes = Variable.Of(Value.Of(true));
        Variable y = Ops.Loop(null, yes, [S], (_, c) => (yes, [c[0]], [c[0]])).Outputs[0];
        Function function = Function.Compile([S], [y], null, new ExecutionOptions { Limits = new Limits { Elements = 999 } });
        Assert.Contains("999 elements", Assert.Throws<SizeException>(() => function.Run(Value.Of([1.0, 2.0], 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("number of axes", Assert.Throws<ShapeException>(() => Ops.Loop(Count, null, [S], (_, c) => Always(c[0].Sum()))).Message, StringComparison.Ordinal);
        Assert.Contains("element type", Assert.Throws<DTypeException>(() => Ops.Loop(Count, null, [S], (_, c) => Always(Ops.Cast(c[0], DType.Float32)))).Message, StringComparison.Ordinal);
        Assert.Contains("found 0", Assert.Throws<GraphException>(() => Ops.Loop(Count, null, [S], (_, _) => (null, [], []))).Message, StringComparison.Ordinal);
        Assert.Contains("Int64", Assert.Throws<DTypeException>(() => Ops.Loop(S, null, [S], (_, c) => Always(c[0]))).Message, StringComparison.Ordinal);
        Variable two = Variable.Input("two", DType.Bool, [2]);
        Assert.Contains("one element", Assert.Throws<ShapeException>(() => Ops.Loop(Count, two, [S], (_, c) => Always(c[0]))).Message, StringComparison.Ordinal);

        // Elements of changing sizes cannot be stacked.
        Variable growing = Ops.Loop(Count, null, [S], (_, c) => (null, [Ops.Concat(0, c[0], c[0])], [c[0]])).Outputs[0];
        Assert.Contains("elements of one shape", Assert.Throws<ShapeException>(() => Function.Compile([Count, S], [growing]).Run(Value.Of(2L), Value.Of([1.0], 1))).Message, StringComparison.Ordinal);
    }

    private static (Variable? GoesOn, IReadOnlyList<Variable> Carried, IReadOnlyList<Variable> Outputs) Always(Variable state) => (null, [state], [state]);

    private static void Close(double[][] expected, IReadOnlyList<Value> found)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double[] numbers = found[i].ToArray<double>();
            Assert.Equal(expected[i].Length, numbers.Length);
            Assert.All(expected[i].Zip(numbers), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
    }
}
