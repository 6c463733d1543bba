using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

public sealed class ScanTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float64, ["time", 2]), S = Variable.Input("s", DType.Float64, [2]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Any_number_of_turns_runs_with_one_function(int turns)
    {
        // s ← w·s + x: s_T = wᵀ·s + Σ w^(T−1−t)·x_t, with derivatives by s, x and w.
        var w = new Parameter("w", Value.Of(0.5));
        (IReadOnlyList<Variable> states, IReadOnlyList<Variable> outputs) = Ops.Scan([S], [X], (s, x) => Turn((s[0] * w) + x[0]));
        IReadOnlyList<Variable> gradients = Gradient.Of(states[0].Sum(), [S, X, w]);
        var signature = new Signature(
            [S, X], [new Output("last", states[0]), new Output("all", outputs[0]), new Output("gs", gradients[0]), new Output("gx", gradients[1]), new Output("gw", gradients[2])]);
        double[] x = [.. Enumerable.Range(0, turns * 2).Select(i => i + 1.0)], s = [3, -1], all = new double[turns * 2];
        double derivative = 0;
        for (int t = 0; t < turns; t++)
        {
            // ∂(Σ s)/∂w of this turn: what the states were, carried on with w.
            derivative = (0.5 * derivative) + s.Sum();
            s = [.. s.Select((value, i) => (0.5 * value) + x[(t * 2) + i])];
            s.CopyTo(all, t * 2);
        }

        double[] gx = [.. Enumerable.Range(0, turns * 2).Select(i => Math.Pow(0.5, turns - 1 - (i / 2)))];
        double[][] expected = [s, all, [Math.Pow(0.5, turns), Math.Pow(0.5, turns)], gx, [derivative]];
        Value[] inputs = [Value.Of([3.0, -1.0], 2), Value.Of(x, turns, 2)];
        Assert.Equal(expected, Interpreter.Run(signature, inputs).Select(v => v.ToArray<double>()));
        Assert.Equal(expected, Function.Compile(signature).Run(inputs).Select(v => v.ToArray<double>()));
    }

    [Fact]
    public void The_gradient_computes_no_turn_again()
    {
        (IReadOnlyList<Variable> states, _) = Ops.Scan([S], [X], (s, x) => Turn((s[0] * x[0]).Exp()));
        Variable gradient = Gradient.Of(states[0].Sum(), X);
        Signature merged = new Merging().Apply(new Signature([S, X], [new Output("y", states[0]), new Output("g", gradient)]));
        Assert.Equal(2, merged.Nodes.Count(n => n.Operation is Scan));
        Scan backward = merged.Nodes.Select(n => n.Operation).OfType<Scan>().Single(scan => scan.InputDirections.Contains(1));
        Assert.DoesNotContain(backward.InputDirections, direction => direction == 0);
    }

    [Fact]
    public void What_the_gradient_does_not_need_is_not_read()
    {
        // A sum needs neither the states nor the elements, only how many turns there are.
        (IReadOnlyList<Variable> states, _) = Ops.Scan([S], [X], (s, x) => Turn(s[0] + x[0]));
        Node backward = Gradient.Of(states[0].Sum(), X).Producer!;
        Assert.Equal(2, backward.Inputs.Length);
        Assert.Equal([X], backward.Inputs.Skip(1));
    }

    [Fact]
    public void States_may_change_places()
    {
        (IReadOnlyList<Variable> states, _) = Ops.Scan([S, S * 10], [X], (s, _) => ([s[1], s[0]], []));
        Value[] found = Function.Compile([S, X], states).Run(Value.Of([1.0, 2.0], 2), Value.Zeros(DType.Float64, 3, 2));
        Assert.Equal([[10.0, 20.0], [1.0, 2.0]], found.Select(v => v.ToArray<double>()));
    }

    [Fact]
    public void Scans_nest_in_branches_and_in_scans()
    {
        Variable condition = Variable.Input("condition", DType.Bool, []);
        Variable Inner(Variable s, Variable x) => Ops.Scan([s], [x], (t, e) => Turn(t[0] * e[0])).States[0];
        Variable one = Variable.Scalar(1, DType.Float64);
        Variable product = Ops.Scan([one], [X], (s, x) => Turn(Inner(s[0], x[0]))).States[0];
        Variable y = Ops.If(condition, [product], a => [Inner(a[0], S)], a => [a[0]])[0];
        Function function = Function.Compile([condition, X, S], [y, Gradient.Of(y, X)]);
        Value[] inputs = [Value.Of(true), Value.Of([1.0, 2.0, 3.0, 4.0], 2, 2), Value.Of([5.0, 7.0], 2)];
        Assert.Equal([[840.0], [840.0, 420.0, 280.0, 210.0]], function.Run(inputs).Select(v => v.ToArray<double>()));
        inputs[0] = Value.Of(false);
        Assert.Equal([[24.0], [24.0, 12.0, 8.0, 6.0]], function.Run(inputs).Select(v => v.ToArray<double>()));
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        Variable h = Variable.Input("h", DType.Float32, [16, 64]), x = Variable.Input("x", DType.Float32, ["time", 16, 64]), w = Variable.Input("w", DType.Float32, [64, 64]);
        Variable last = Ops.Scan([h], [x], (s, e) => Turn((s[0].MatMul(w) + e[0]).Tanh())).States[0];
        Variable[] outputs = [last, .. Gradient.Of(last.Square().Sum(), [h, x, w])];
        Value[] inputs = [Randoms.Normal(1, 16, 64), Randoms.Normal(2, 5, 16, 64), Randoms.Normal(3, 64, 64)];
        Value[] one = Function.Compile([h, x, w], outputs, null, new ExecutionOptions { Threads = 1 }).Run(inputs);
        Value[] two = Function.Compile([h, x, w], outputs, null, new ExecutionOptions { Threads = 2 }).Run(inputs);
        Assert.All(one.Zip(two), pair => Assert.True(pair.First.BitEquals(pair.Second)));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Variable other = Variable.Input("other", DType.Float64, [3, 2]), longer = Variable.Input("longer", DType.Float64, [4, 2]);
        Assert.Contains("one length", Assert.Throws<ShapeException>(() => Ops.Scan([S], [other, longer], (s, x) => Turn(s[0]))).Message, StringComparison.Ordinal);
        Assert.Contains("state 0", Assert.Throws<ShapeException>(() => Ops.Scan([S], [X], (s, x) => Turn(s[0].Sum()))).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => Ops.Scan([S], [], (s, x) => Turn(s[0])));
        Assert.Throws<GraphException>(() => Ops.Scan([S], [X], (s, x) => ([], [])));
        Variable z = Variable.Input("z", DType.Float64, ["other", 2]);
        Variable both = Ops.Scan([S], [X, z], (s, e) => Turn(s[0] + e[0] + e[1])).States[0];
        Assert.Contains(
            "found 2 and 3",
            Assert.Throws<ShapeException>(() => Function.Compile([S, X, z], [both]).Run(Value.Zeros(DType.Float64, 2), Value.Zeros(DType.Float64, 2, 2), Value.Zeros(DType.Float64, 3, 2))).Message,
            StringComparison.Ordinal);
    }

    private static (IReadOnlyList<Variable> States, IReadOnlyList<Variable> Outputs) Turn(Variable state) => ([state], [state]);
}
