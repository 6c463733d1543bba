using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Compilation.Passes;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

public sealed class RecomputeActivationsTests
{
    private const int Batch = 512;
    private const int Width = 8;

    /// <summary>The bytes of one activation.</summary>
    private const double Activation = Batch * Width * sizeof(float);

    [Fact]
    public void Values_between_checkpoints_run_again_before_the_gradients_that_read_them()
    {
        Signature before = new Layers(8, isRandom: false).Step, after = new RecomputeActivations().Apply(before);
        int tanh = before.Nodes.Count(node => node.Operation is Autograd.Operations.Elementwise.Tanh);
        Assert.Equal(8, tanh);
        Assert.InRange(after.Nodes.Count(node => node.Operation is Autograd.Operations.Elementwise.Tanh), 9, 15);

        // Each node comes after those that it needs, and nothing that is needed is missing.
        var known = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        foreach (Node node in after.Nodes)
        {
            Assert.All(node.Inputs, input => Assert.True(input.Producer is null || known.Contains(input), $"{node} runs before {input}"));
            known.UnionWith(node.Outputs);
        }

        Assert.All(after.Updates, update => Assert.Contains(update.NewValue, known));
    }

    /// <summary>Results whose sizes only the numbers tell would get sizes of another name.</summary>
    [Fact]
    public void A_computation_with_sizes_that_depend_on_numbers_stays_as_it_is()
    {
        Signature plain = new Layers(8, isRandom: false).Step;
        Variable places = new Autograd.Operations.Indexing.NonZero().Apply(plain.Outputs[0].Variable);
        var signature = new Signature(plain.Inputs, [.. plain.Outputs, new Output("places", places)], plain.Updates);
        Assert.Same(signature, new RecomputeActivations().Apply(signature));
    }

    [Fact]
    public void A_computation_that_nothing_differentiates_stays_as_it_is()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]);
        var signature = new Signature([x], [new Output("y", x.Tanh().Exp())]);
        Assert.Same(signature, new RecomputeActivations().Apply(signature));
    }

    /// <summary>Random numbers, a residual connection and clipping by the norm of all gradients among it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_bits_are_those_without_it(bool isRandom)
    {
        Layers kept = new(20, isRandom), computed = new(20, isRandom);
        Function plain = kept.Compile(false), again = computed.Compile(true);
        for (int step = 0; step < 3; step++)
        {
            Value x = Randoms.Normal(50 + step, Batch, Width);
            Assert.True(plain.Run(x)[0].BitEquals(again.Run(x)[0]), $"loss of step {step}");
        }

        Assert.All(kept.Parameters.Zip(computed.Parameters), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
    }

    /// <summary>Memory grows with the number of layers, and with its root where values are computed anew.</summary>
    [Fact]
    public void The_memory_of_activations_grows_with_the_root_of_the_number_of_layers()
    {
        double plain16 = Memory(16, false), plain64 = Memory(64, false), again16 = Memory(16, true), again64 = Memory(64, true);
        Assert.True(plain64 > 64, $"{plain64} activations without it");
        Assert.True(plain64 > 3.4 * plain16, $"{plain16} and {plain64} activations without it");
        Assert.True(again64 < 2.4 * again16, $"{again16} and {again64} activations with it");
        Assert.True(again64 < 3 * 8, $"{again64} activations with it, {plain64} without");
    }

    private static double Memory(int layers, bool isComputed)
    {
        var net = new Layers(layers, isRandom: false);
        Function function = net.Compile(isComputed);
        function.Run(Randoms.Normal(9, Batch, Width));
        return function.WorkingMemory / Activation;
    }

    /// <summary>Equal layers h ← tanh(hW + b), and a step of gradient descent.</summary>
    private sealed class Layers
    {
        public Layers(int count, bool isRandom)
        {
            Variable x = Variable.Input("x", DType.Float32, ["batch", Width]), h = x;
            var counter = new Parameter("counter", Value.Of(3UL), ParameterRole.State);
            var learned = new List<Parameter>();
            for (int i = 0; i < count; i++)
            {
                var w = new Parameter($"w{i}", Randoms.Normal(i, Width, Width));
                var b = new Parameter($"b{i}", Randoms.Normal(100 + i, Width));
                learned.AddRange([w, b]);
                Variable next = (h.MatMul(w) + b).Tanh();
                if (isRandom)
                {
                    Variable mask = Ops.Greater(Ops.RandomUniform(["batch", Width], Variable.Of(Value.Of((ulong)i)), counter, DType.Float32, h), 0.3);
                    next = (next * Ops.Cast(mask, DType.Float32)) + (0.5 * h);
                }

                h = next;
            }

            Variable loss = Ops.Mean(h.Square());
            IReadOnlyList<Variable> gradients = Gradient.Of(loss, [.. learned.Select(p => p.Variable)]);
            Variable norm = gradients.Select(g => Ops.Sum(g.Square())).Aggregate((a, b) => a + b).Sqrt();
            Variable rate = isRandom ? 0.1 / (1 + norm) : Variable.Scalar(0.1, DType.Float32);
            Parameters = [.. learned, counter];
            Update[] updates = [.. learned.Select((p, i) => new Update(p, p.Variable - (rate * gradients[i]))), new Update(counter, counter.Variable + Variable.Of(Value.Of(1UL)))];
            Step = new Signature([x], [new Output("loss", loss)], isRandom ? updates : updates[..^1]);
        }

        public IReadOnlyList<Parameter> Parameters { get; }

        public Signature Step { get; }

        public Function Compile(bool isComputed) =>
            Function.Compile(Step, new ExecutionOptions { Threads = 2, Compilation = new CompilationOptions { RecomputeActivations = isComputed } });
    }
}
