using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

[Collection(nameof(Alone))]
public sealed class FunctionTests
{
    private static readonly CompilationOptions[] Switches =
    [
        new(),
        CompilationOptions.None,
        new() { FuseElementwise = false },
        new() { MergeEqualNodes = false },
        new() { FoldConstants = false },
        new() { FuseEpilogues = false },
        new() { UpdateInPlace = false },
        new() { ReuseMemory = false },
    ];

    [Fact]
    public void A_training_step_agrees_with_the_interpreter_under_every_switch()
    {
        foreach (CompilationOptions switches in Switches)
        {
            (Signature compiled, Parameter[] own) = TrainingStep();
            (Signature interpreted, Parameter[] reference) = TrainingStep();
            Function function = Function.Compile(compiled, new ExecutionOptions { Threads = 2, Compilation = switches });
            for (int step = 0; step < 5; step++)
            {
                Value x = Randoms.Normal(step, step == 3 ? 5 : 8, 6);
                Value y = Randoms.Normal(100 + step, step == 3 ? 5 : 8, 3);
                Value loss = function.Run(x, y)[0];
                Value expected = Interpreter.Run(interpreted, x, y)[0];
                Assert.Equal(expected.Scalar(), loss.Scalar(), 1e-5);
            }

            for (int i = 0; i < own.Length; i++)
            {
                Assert.NotEqual(own[i].Initial.ToArray<float>(), own[i].Value.ToArray<float>());
                Randoms.AssertClose(reference[i].Value, own[i].Value, 1e-5);
            }
        }
    }

    /// <summary>Collection expressions of either kind choose the overload, an empty one too.</summary>
    [Fact]
    public void Outputs_are_given_with_names_or_without()
    {
        Variable x = Variable.Input("x", DType.Float32, [2]);
        var count = new Parameter("count", Value.Of(0f), ParameterRole.State);
        Function named = Function.Compile([x], [new Output("y", x * 2), new Output("z", x + 1)], [new Update(count, count.Variable + 1)], new ExecutionOptions { Threads = 1 });
        Assert.Equal(["y", "z"], named.Signature.Outputs.Select(output => output.Name));
        Assert.Equal([6f, 8f], named.Run(Value.Of([3f, 4f], 2))[0].ToArray<float>());
        Assert.Equal([4f, 5f], named.Run(Value.Of([3f, 4f], 2))[1].ToArray<float>());
        Function alone = Function.Compile([x], [new Output("y", x * 2)]);
        Assert.Equal("y", Assert.Single(alone.Signature.Outputs).Name);
        Assert.Equal([6f, 8f], alone.Run(Value.Of([3f, 4f], 2))[0].ToArray<float>());
        Function plain = Function.Compile([x], [x * 2, x + 1]);
        Assert.Equal(["output0", "output1"], plain.Signature.Outputs.Select(output => output.Name));
        Assert.Equal([4f, 5f], plain.Run(Value.Of([3f, 4f], 2))[1].ToArray<float>());
        Function.Compile([], [], [new Update(count, count.Variable + 1)]).Run();
        Assert.Equal(3, count.Value.Scalar());
    }

    [Fact]
    public void Results_are_the_same_bits_for_any_number_of_threads()
    {
        var results = new List<Value>();
        foreach (int threads in new[] { 1, 2, 3 })
        {
            Variable x = Variable.Input("x", DType.Float32, ["batch", 700]);
            Parameter w = new("w", Randoms.Normal(1, 700, 130));
            Variable loss = Ops.Sum(Ops.Tanh(Ops.MatMul(x, w)).Square());
            Function function = Function.Compile([x], [Gradient.Of(loss, w)], options: new ExecutionOptions { Threads = threads });
            results.Add(function.Run(Randoms.Normal(2, 300, 700))[0]);
        }

        Assert.All(results, r => Assert.True(r.BitEquals(results[0])));
    }

    [Fact]
    public void New_values_are_computed_from_old_ones_before_any_is_stored()
    {
        foreach (CompilationOptions switches in Switches)
        {
            var a = new Parameter("a", Value.Of([1f, 2f], 2));
            var b = new Parameter("b", Value.Of([10f, 20f], 2));
            var c = new Parameter("c", Value.Of([5f, 5f], 2));
            Update[] updates = [new(a, b.Variable), new(b, a.Variable + 1), new(c, a.Variable * b.Variable)];
            Function.Compile([], [a.Variable], updates, new ExecutionOptions { Compilation = switches }).Run();
            Assert.Equal([10f, 20f], a.Value.ToArray<float>());
            Assert.Equal([2f, 3f], b.Value.ToArray<float>());
            Assert.Equal([10f, 40f], c.Value.ToArray<float>());
        }
    }

    /// <summary>One update alone, through a view, and in a chain: whoever reads the old value reads it, whichever parameter is written first.</summary>
    [Fact]
    public void An_update_in_place_does_not_reach_later_readers_of_the_old_value()
    {
        foreach (CompilationOptions switches in Switches)
        {
            var a = new Parameter("a", Value.Of([1f, 2f], 2));
            var b = new Parameter("b", Value.Of([10f, 20f], 2));
            Run([new(a, b.Variable * 2), new(b, a.Variable + 1)]);
            Assert.Equal([20f, 40f], a.Value.ToArray<float>());
            Assert.Equal([2f, 3f], b.Value.ToArray<float>());

            // A view of a parameter is its memory.
            var c = new Parameter("c", Value.Of([1f, 2f, 3f, 4f], 2, 2));
            var d = new Parameter("d", Value.Of([10f, 20f, 30f, 40f], 4));
            Run([new(c, Ops.Reshape(d, [2, 2]) * 2), new(d, Ops.Reshape(c, [4]) + 1)]);
            Assert.Equal([20f, 40f, 60f, 80f], c.Value.ToArray<float>());
            Assert.Equal([2f, 3f, 4f, 5f], d.Value.ToArray<float>());

            // Each reads the next, the last the first; a product, which is no elementwise chain, reads one of them as well.
            var e = new Parameter("e", Value.Of([1f, 1f, 1f, 1f], 2, 2));
            var f = new Parameter("f", Value.Of([2f, 2f, 2f, 2f], 2, 2));
            var g = new Parameter("g", Value.Of([3f, 3f, 3f, 3f], 2, 2));
            Value product = Run([new(e, f.Variable + 1), new(f, g.Variable + 1), new(g, e.Variable + 1)], Ops.MatMul(e, f) + g.Variable)[0];
            Assert.Equal([3f, 3f, 3f, 3f], e.Value.ToArray<float>());
            Assert.Equal([4f, 4f, 4f, 4f], f.Value.ToArray<float>());
            Assert.Equal([2f, 2f, 2f, 2f], g.Value.ToArray<float>());
            Assert.Equal([7f, 7f, 7f, 7f], product.ToArray<float>());

            Value[] Run(Update[] updates, params Variable[] outputs) =>
                Function.Compile([], outputs, updates, new ExecutionOptions { Compilation = switches }).Run();
        }
    }

    [Fact]
    public void Plans_of_sizes_not_used_lately_give_their_memory_back()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 256]);
        Function function = Function.Compile([x], [Ops.Sum(Ops.Softmax(x).Square())], options: new ExecutionOptions { Threads = 1, KeptPlans = 3 });
        long live = 0;
        for (int size = 1000; size < 1300; size++)
        {
            double expected = function.Run(Value.Zeros(DType.Float32, size, 256))[0].Scalar();
            Assert.Equal(size / 256.0, expected, 1e-3);
            live = size == 1010 ? GC.GetTotalMemory(forceFullCollection: true) : live;
        }

        Assert.InRange(function.WorkingMemory, 1, 3L * 3 * 1300 * 256 * sizeof(float));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - live, long.MinValue, 16L << 20);
        GC.KeepAlive(function);
    }

    /// <summary>As its runs follow each other. A larger plan brings a larger block, which the plans before it take over.</summary>
    [Fact]
    public void The_plans_of_a_function_with_updates_hold_one_block_of_memory()
    {
        (Signature step, Parameter[] own) = TrainingStep();
        (Signature reference, Parameter[] expected) = TrainingStep();
        Function function = Function.Compile(step, new ExecutionOptions { Threads = 2 }), largest = Function.Compile(TrainingStep().Signature, new ExecutionOptions { Threads = 2 });
        foreach (int size in new[] { 100, 20, 400, 100, 20, 300, 400 })
        {
            Value x = Randoms.Normal(size, size, 6), y = Randoms.Normal(size + 1, size, 3);
            Assert.Equal(Interpreter.Run(reference, x, y)[0].Scalar(), function.Run(x, y)[0].Scalar(), 1e-4);
        }

        largest.Run(Randoms.Normal(1, 400, 6), Randoms.Normal(2, 400, 3));
        Assert.Equal(largest.WorkingMemory, function.WorkingMemory);
        Assert.All(own.Zip(expected), pair => Randoms.AssertClose(pair.Second.Value, pair.First.Value, 1e-5));
    }

    [Fact]
    public void The_plans_used_last_are_kept_and_others_are_made_again()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]);
        Function function = Function.Compile([x], [Ops.Tanh(x) + 1], options: new ExecutionOptions { KeptPlans = 2 });
        Plan At(int size) => function.PlanFor([Value.Zeros(DType.Float32, size)]);
        Plan one = At(1), two = At(2);
        Assert.Same(one, At(1));
        Plan three = At(3);
        Assert.Same(one, At(1));
        Assert.Same(three, At(3));
        Assert.NotSame(two, At(2));
        Assert.NotSame(one, At(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExecutionOptions { KeptPlans = 0 });
        Assert.Equal(8, new ExecutionOptions().KeptPlans);
    }

    [Fact]
    public void One_function_serves_several_threads_with_several_sizes()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 40]);
        Function function = Function.Compile([x], [Ops.Sum(x.Square(), [1])], options: new ExecutionOptions { Threads = 2, KeptPlans = 2 });
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, caller =>
        {
            for (int round = 0; round < 50; round++)
            {
                int size = 1 + ((caller + round) % 5);
                float[] found = function.Run(Value.Full(caller, DType.Float32, size, 40))[0].ToArray<float>();
                Assert.Equal(Enumerable.Repeat(40f * caller * caller, size), found);
            }
        });
    }

    /// <summary>Numbers above 2⁵³ that are one double, both zeros, and NaN.</summary>
    [Fact]
    public void Constants_that_differ_in_one_bit_are_not_merged()
    {
        long large = 1L << 53;
        Variable x = Variable.Input("x", DType.Int64, []), y = Variable.Input("y", DType.Float64, []);
        Value[] found = Function.Compile(
            [x, y],
            [x + Variable.Of(Value.Of(large)), x + Variable.Of(Value.Of(large + 1)), y / Variable.Of(Value.Of(0.0)), y / Variable.Of(Value.Of(-0.0))])
            .Run(Value.Of(0L), Value.Of(1.0));
        Assert.Equal(large, found[0].ToArray<long>()[0]);
        Assert.Equal(large + 1, found[1].ToArray<long>()[0]);
        Assert.Equal(double.PositiveInfinity, found[2].Scalar());
        Assert.Equal(double.NegativeInfinity, found[3].Scalar());
    }

    [Fact]
    public void Running_allocates_nothing_after_the_first_call()
    {
        (Signature signature, _) = TrainingStep();
        Function function = Function.Compile(signature, new ExecutionOptions { Threads = 1 });
        Value[] inputs = [Randoms.Normal(1, 8, 6), Randoms.Normal(2, 8, 3)];
        var outputs = new Value[1];
        for (int i = 0; i < 50; i++)
        {
            function.RunInto(inputs, outputs);
        }

        // The runtime itself allocates once in a while when it compiles a method anew, so a stretch without it is waited for.
        long least = long.MaxValue;
        for (int stretch = 0; stretch < 8 && least > 0; stretch++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                function.RunInto(inputs, outputs);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void An_output_may_be_an_input_a_constant_or_a_reshaped_parameter()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]);
        var p = new Parameter("p", Value.Of([1f, 2f, 3f, 4f], 2, 2));
        Function function = Function.Compile(
            [x],
            [x, Variable.Scalar(3, DType.Float64), Ops.Reshape(p, [4]), Ops.Reshape(x, [1, "n"])],
            [new Update(p, p.Variable * 2)]);
        Value[] results = function.Run(Value.Of([7f, 8f], 2));
        Assert.Equal([7f, 8f], results[0].ToArray<float>());
        Assert.Equal(3, results[1].Scalar());
        Assert.Equal([1f, 2f, 3f, 4f], results[2].ToArray<float>());
        Assert.Equal([1, 2], results[3].Sizes.ToArray());
        Assert.Equal([2f, 4f, 6f, 8f], p.Value.ToArray<float>());
    }

    [Fact]
    public void A_mean_over_a_symbolic_batch_divides_by_its_size()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch", 3]);
        Function function = Function.Compile([x], [Ops.Mean(x.Square()), Gradient.Of(Ops.Mean(x.Square()), x)]);
        foreach (int batch in new[] { 1, 4, 7 })
        {
            Value[] results = function.Run(Value.Full(3, DType.Float64, batch, 3));
            Assert.Equal(9, results[0].Scalar(), 1e-12);
            Assert.All(results[1].ToArray<double>(), g => Assert.Equal(6.0 / (3 * batch), g, 1e-12));
        }
    }

    [Fact]
    public void Wrong_values_are_refused_with_what_was_expected_and_found()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]);
        Variable y = Variable.Input("y", DType.Float32, ["batch"]);
        Function function = Function.Compile([x, y], [Ops.Sum(x) + Ops.Sum(y)]);
        ShapeException shape = Assert.Throws<ShapeException>(() => function.Run(Randoms.Normal(1, 4, 2), Randoms.Normal(1, 4)));
        Assert.Contains("\"x\"", shape.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 2]", shape.Message, StringComparison.Ordinal);
        ShapeException batch = Assert.Throws<ShapeException>(() => function.Run(Randoms.Normal(1, 4, 3), Randoms.Normal(1, 5)));
        Assert.Contains("batch = 4", batch.Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => function.Run(Value.Zeros(DType.Float64, 4, 3), Randoms.Normal(1, 4)));
        Assert.Throws<GraphException>(() => function.Run(Randoms.Normal(1, 4, 3)));
    }

    [Fact]
    public void Equal_nodes_are_computed_once_and_chains_become_one_step()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 4]);
        Variable y = Ops.Tanh((x * 2) + 1);
        Variable z = Ops.Tanh((x * 2) + 1);
        Function function = Function.Compile([x], [y * z]);
        Plan plan = function.PlanFor([Randoms.Normal(1, 3, 4)]);
        ProgramStep step = Assert.Single(plan.Program.Steps);
        Assert.Equal("Mul+Add+Tanh+Mul", step.Name);
    }

    /// <summary>Two layers, mean squared error, and a momentum-like optimizer: forward, backward and updates in one graph.</summary>
    private static (Signature Signature, Parameter[] Parameters) TrainingStep()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 6]);
        Variable y = Variable.Input("y", DType.Float32, ["batch", 3]);
        Parameter[] weights =
        [
            new("w1", Randoms.Normal(11, 6, 5)), new("b1", Randoms.Normal(12, 5), ParameterRole.Bias),
            new("w2", Randoms.Normal(13, 5, 3)), new("b2", Randoms.Normal(14, 3), ParameterRole.Bias),
        ];
        Variable hidden = Ops.Relu(Ops.MatMul(x, weights[0]) + weights[1].Variable);
        Variable output = Ops.MatMul(hidden, weights[2]) + weights[3].Variable;
        Variable loss = Ops.Mean((output - y).Square());
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [.. weights.Select(w => w.Variable)]);
        var updates = new List<Update>();
        var all = new List<Parameter>(weights);
        for (int i = 0; i < weights.Length; i++)
        {
            var moment = new Parameter($"m{i}", Value.Zeros(DType.Float32, weights[i].Value.Sizes), ParameterRole.State);
            Variable next = (0.9 * moment.Variable) + gradients[i];
            updates.Add(new Update(moment, next));
            updates.Add(new Update(weights[i], weights[i].Variable - (0.05 * next)));
            all.Add(moment);
        }

        return (new Signature([x, y], [new Output("loss", loss)], updates), [.. all]);
    }
}
