using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

/// <summary>Compiled functions whose sizes depend on data have the numbers of the interpreter.</summary>
public sealed class SegmentTests
{
    private static readonly CompilationOptions[] Switches = [new(), CompilationOptions.None];

    /// <summary>Rows that are marked are multiplied, and those of which the first result is positive once more: two sizes, the second found behind the first.</summary>
    [Fact]
    public void Sizes_that_depend_on_data_are_found_one_after_the_other()
    {
        foreach (CompilationOptions switches in Switches)
        {
            (Signature signature, Parameter[] own) = Chosen();
            (Signature interpreted, Parameter[] expected) = Chosen();
            Function function = Function.Compile(signature, new ExecutionOptions { Threads = 2, Compilation = switches });
            for (int run = 0; run < 12; run++)
            {
                Value x = Randoms.Normal(run, 6 + (run % 3), 4), mark = Marks(run, 6 + (run % 3));
                Value[] found = function.Run(x, mark);
                IReadOnlyList<Value> values = Interpreter.Run(interpreted, x, mark);
                for (int i = 0; i < found.Length; i++)
                {
                    Randoms.AssertClose(values[i], found[i], 1e-5);
                }

                for (int i = 0; i < own.Length; i++)
                {
                    Randoms.AssertClose(expected[i].Value, own[i].Value, 1e-5);
                }
            }

            Assert.All(own, p => Assert.False(p.Value.BitEquals(p.Initial), p.Name));
        }
    }

    /// <summary>Somebody else computes the sums, of other numbers than those at hand. What is read behind a sum alone is computed there, also where it could have been before.</summary>
    [Fact]
    public void A_computation_is_cut_before_the_readers_of_nodes_that_somebody_else_computes()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]), doubled = x * 2, late = Ops.Exp(doubled);
        Variable first = doubled.Sum(), second = (doubled * first).Sum();
        var signature = new Signature([x], [new Output("y", (late * second) + first)]);
        IReadOnlyList<Segment> segments = Segment.Cut(signature, node => node.Operation is Autograd.Operations.Reductions.ReduceSum);
        Assert.Equal(["Mul", "Mul", "Exp Mul Add"], segments.Select(segment => string.Join(' ', segment.Signature.Nodes.Select(node => node.Operation.Name))));
        Assert.Equal([first, second], segments.SelectMany(segment => segment.After).Select(node => node.Outputs[0]));

        var known = new Dictionary<Variable, Value>(ReferenceEqualityComparer.Instance) { [x] = Value.Of([1f, 2f], 2) };
        foreach (Segment segment in segments)
        {
            Value[] results = Function.Compile(segment.Signature).Run([.. segment.Sources.Select(source => known[source])]);
            for (int i = 0; i < segment.Results.Count; i++)
                known[segment.Results[i]] = results[i];
            foreach (Node node in segment.After)
                known[node.Outputs[0]] = Value.Of(known[node.Inputs[0]].ToArray<float>().Sum() + 4f);
            if (segment == segments[^1])
                Assert.Equal([(float)(Math.Exp(2) * 64) + 10, (float)(Math.Exp(4) * 64) + 10], results[0].ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-3f * a);
        }

        Assert.Same(signature, Assert.Single(Segment.Cut(signature, _ => false)).Signature);
    }

    [Fact]
    public void An_output_may_be_of_any_segment()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]), value = Variable.Input("value 0", DType.Float32, ["n"]);
        Variable places = new NonZero().Apply(x), chosen = Ops.Gather(value, Ops.Reshape(places, [places.Shape[1]]));
        Function function = Function.Compile([x, value], [Ops.Exp(value), places, chosen * 2, x, Variable.Scalar(3, DType.Float32)]);
        Value[] found = function.Run(Value.Of([0f, 7f, 0f, -1f], 4), Value.Of([10f, 20f, 30f, 40f], 4));
        Assert.Equal([1L, 3L], found[1].ToArray<long>());
        Assert.Equal([40f, 80f], found[2].ToArray<float>());
        Assert.Equal([0f, 7f, 0f, -1f], found[3].ToArray<float>());
        Assert.Equal(3, found[4].Scalar());
        Assert.Equal(Math.Exp(10), found[0][0], 1);
        Assert.Equal(0, function.Run(Value.Zeros(DType.Float32, 4), Value.Zeros(DType.Float32, 4))[2].Count);
    }

    /// <summary>The steps of both segments and the operation between them, in the order in which they run, with the sizes that they had.</summary>
    [Fact]
    public void A_profile_has_the_steps_of_every_segment()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]);
        Variable places = new NonZero().Apply(x * 2), chosen = Ops.Gather(x, Ops.Reshape(places, [places.Shape[1]]));
        Parameter seen = new("seen", Value.Zeros(DType.Float32));
        Function function = Function.Compile([x], [Ops.Softmax(chosen)], [new Update(seen, seen.Variable + chosen.Sum())]);
        FunctionProfile profile = function.Profile([Value.Of([0f, 7f, 0f, -1f], 4)], 3);
        Assert.Equal(["Mul", "NonZero", "Reshape", "Gather", "Softmax", "ReduceSum", "Add"], profile.Steps.Select(step => step.Name));
        Assert.Equal("[4] → [1, 2]", profile.Steps[1].Shapes);
        Assert.Equal("[4] [2] → [2]", profile.Steps[3].Shapes);
        Assert.All(profile.Steps, step => Assert.Equal(3, step.Calls));
        Assert.True(profile.TimePerRun > TimeSpan.Zero);
        Assert.Equal(4 * (7 - 1), seen.Value.Scalar());
        using var trace = new MemoryStream();
        profile.WriteChromeTrace(trace);
        using var read = System.Text.Json.JsonDocument.Parse(trace.ToArray());
        double[] begins = [.. read.RootElement.GetProperty("traceEvents").EnumerateArray().Select(e => e.GetProperty("ts").GetDouble())];
        Assert.Equal(21, begins.Length);
        Assert.Equal(begins.Order(), begins);
    }

    /// <summary>An index that the second segment computes is out of range.</summary>
    [Fact]
    public void A_failure_of_a_later_segment_changes_nothing()
    {
        Variable mark = Variable.Input("mark", DType.Float32, ["n"]);
        var p = new Parameter("p", Randoms.Normal(1, 2000), ParameterRole.State);
        Variable places = new NonZero().Apply(mark), index = Ops.Reshape(places, [places.Shape[1]]);
        Function function = Function.Compile(
            [mark], [Ops.Sum(Ops.Gather(p, index + 1998))], [new(p, p.Variable * 2)]);
        Assert.Equal(p.Value[1999], function.Run(Value.Of([0f, 1f, 0f], 3))[0].Scalar(), 1e-6);
        Value before = p.Value.Clone();
        Assert.Throws<ShapeException>(() => function.Run(Value.Of([0f, 1f, 1f], 3)));
        Assert.True(p.Value.BitEquals(before));
    }

    [Fact]
    public void Values_of_the_wrong_number_or_size_are_refused()
    {
        (Signature signature, _) = Chosen();
        Function function = Function.Compile(signature);
        Assert.Throws<GraphException>(() => function.Run(Randoms.Normal(1, 5, 4)));
        Assert.Throws<ShapeException>(() => function.Run(Randoms.Normal(1, 5, 4), Marks(1, 4)));
    }

    [Fact]
    public void Eight_threads_get_the_bits_of_one()
    {
        (Signature signature, _) = Chosen();
        var inference = new Signature(signature.Inputs, signature.Outputs);
        Function function = Function.Compile(inference, new ExecutionOptions { Threads = 2, KeptPlans = 2 });
        Value[][] inputs = [.. Enumerable.Range(0, 10).Select(i => new[] { Randoms.Normal(i, 9, 4), Marks(i, 9) })];
        Value[][] expected = [.. inputs.Select(i => Function.Compile(inference).Run(i))];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, caller =>
        {
            for (int round = 0; round < 30; round++)
            {
                int i = (caller + round) % inputs.Length;
                Assert.All(function.Run(inputs[i]).Zip(expected[i]), pair => Assert.True(pair.First.BitEquals(pair.Second)));
            }
        });
    }

    private static (Signature Signature, Parameter[] Parameters) Chosen()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 4]), mark = Variable.Input("mark", DType.Float32, ["n"]);
        Parameter w = new("w", Randoms.Normal(21, 4, 3)), v = new("v", Randoms.Normal(22, 3, 2)), count = new("count", Value.Of(0f), ParameterRole.State);
        Variable scaled = x * 0.5;
        Variable hidden = Ops.MatMul(Rows(scaled, mark), w);
        Variable first = Ops.Gather(hidden, Variable.Of(Value.Of(0L)), 1);
        Variable result = Ops.Tanh(Ops.MatMul(Rows(hidden, Ops.Relu(first)), v));
        Variable loss = Ops.Sum(result.Square()) + Ops.Sum(scaled.Square());
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [w.Variable, v.Variable]);
        return (
            new Signature(
                [x, mark],
                [new Output("loss", loss), new Output("hidden", hidden), new Output("result", result), new Output("scaled", scaled)],
                [new(w, w.Variable - (0.01 * gradients[0])), new(v, v.Variable - (0.01 * gradients[1])), new(count, count.Variable + Ops.Sum(result))]),
            [w, v, count]);
    }

    /// <summary>The rows of x where a mark is not zero.</summary>
    private static Variable Rows(Variable x, Variable mark)
    {
        Variable places = new NonZero().Apply(mark);
        return Ops.Gather(x, Ops.Reshape(places, [places.Shape[1]]));
    }

    private static Value Marks(int seed, int count)
    {
        Value mark = Randoms.Normal(100 + seed, count);
        foreach (ref float m in mark.Span<float>())
        {
            m = seed == 7 ? 0 : Math.Max(m, 0);
        }

        return mark;
    }
}
