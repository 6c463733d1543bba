using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class NoiseTests
{
    private readonly RandomSource random = new(3);

    /// <summary>A5.5: inverted dropout and Gaussian noise of (1 − p)/p have the same two moments.</summary>
    [Fact]
    public void Dropout_and_multiplicative_noise_have_the_same_two_moments()
    {
        const double Keep = 0.7;
        float[] twos = new float[100_000];
        Array.Fill(twos, 2f);
        foreach (Module layer in new Module[] { new Dropout(1 - Keep, random), new GaussianNoise(Math.Sqrt((1 - Keep) / Keep), random) { Multiplicative = true } })
        {
            double[] y = Run.Numbers(Run.Forward(layer, Mode.Training, twos, 100, 1000));
            Assert.Equal(2.0, y.Average(), 0.02);
            Assert.Equal(4 * (1 - Keep) / Keep, y.Average(v => (v - 2) * (v - 2)), 0.05);
            Assert.Equal(twos.Select(v => (double)v), Run.Numbers(Run.Forward(layer, Mode.Inference, twos, 100, 1000)));
        }
    }

    /// <summary>A5.5.</summary>
    [Fact]
    public void Rate_zero_is_bit_identical_to_nothing()
    {
        float[] x = [1.25f, -3f, 0f];
        foreach (Module layer in new Module[] { new Dropout(0, random), new GaussianNoise(0, random) })
            Assert.True(Value.Of(x, 1, 3).BitEquals(Run.Forward(layer, Mode.Training, x, 1, 3)));
    }

    /// <summary>A5.6: the mean of a unit is that of the full one, its variance rate/(1 − rate)·Σ(wx)².</summary>
    [Fact]
    public void Drop_connect_has_the_moments_of_its_formula()
    {
        var layer = new DropConnect(3, 4000, 0.4, random);
        layer.Weight.Value = Value.Of([.. Enumerable.Repeat(1f, 4000), .. Enumerable.Repeat(-2f, 4000), .. Enumerable.Repeat(0.5f, 4000)], 3, 4000);
        double[] y = Run.Numbers(Run.Forward(layer, Mode.Training, [1, 0.5f, 2], 1, 3));
        double expected = 0.4 / 0.6 * (1 + 1 + 1);
        Assert.Equal(1.0, y.Average(), 0.1);
        Assert.Equal(expected, y.Average(v => (v - 1) * (v - 1)), 0.15);
        Assert.All(Run.Numbers(Run.Forward(layer, Mode.Inference, [1, 0.5f, 2], 1, 3)), v => Assert.Equal(1.0, v, 1e-6));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DropConnect(3, 4, 1, random));
    }

    [Fact]
    public void Noise_layers_draw_anew_for_each_application()
    {
        var layer = new GaussianNoise(1, random);
        var context = new ForwardContext(Mode.Training);
        Variable x = Run.Tensor(new float[8], 1, 8);
        Value[] both = Run.Values(layer.Forward(x, context), layer.Forward(x, context));
        Assert.False(both[0].BitEquals(both[1]));
        Assert.Single(context.Updates);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(-1, random));
    }

    /// <summary>A5.8: the spread of the estimate of the mean falls with 1/√k.</summary>
    [Fact]
    public void Monte_carlo_means_come_nearer_with_the_root_of_the_samples()
    {
        float[] x = new float[2000];
        Array.Fill(x, 1f);
        double Spread(int k) => Run.Numbers(Run.Forward(new MonteCarlo(new Dropout(0.5, random), k), Mode.Inference, x, 1, 2000)).Average(v => (v - 1) * (v - 1));
        Assert.Equal(1.0 / 4, Spread(4), 0.05);
        Assert.Equal(1.0 / 16, Spread(16), 0.015);
        double[] both = Run.Numbers(Run.Forward(new MonteCarlo(new Dropout(0.5, random), 16) { WithVariance = true }, Mode.Inference, x, 1, 2000));
        Assert.Equal(15.0 / 16, both[2000..].Average(), 0.05);
    }

    [Fact]
    public void Fifty_runs_are_no_more_nodes_than_one()
    {
        var model = new Sequential(new Dense(4, 6, random) { Activation = Ops.Tanh }, new Dropout(0.5, random), new Dense(6, 3, random));
        Assert.Equal(Nodes(2), Nodes(50));
        Assert.True(Nodes(50) < 2 * Nodes(1));

        int Nodes(int samples)
        {
            var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
            var pending = new Stack<Variable>([new MonteCarlo(model, samples) { WithVariance = true }.Forward(Variable.Input("x", DType.Float32, ["batch", 4]), new ForwardContext(Mode.Inference))]);
            while (pending.TryPop(out Variable? variable))
            {
                if (variable.Producer is not { } node || !seen.Add(node))
                    continue;
                foreach (Variable input in node.Inputs)
                    pending.Push(input);
            }

            return seen.Count;
        }
    }

    [Fact]
    public void An_ensemble_averages_its_members_and_weights_them()
    {
        Module Member(double c) => new Activation(x => c * x);
        Run.Close([3, 6], Run.Numbers(Run.Forward(new Ensemble([Member(2), Member(4)]), Mode.Inference, [1, 2], 1, 2)), 1e-6);
        Run.Close([2.5, 5], Run.Numbers(Run.Forward(new Ensemble([Member(2), Member(4)], [0.75, 0.25]), Mode.Inference, [1, 2], 1, 2)), 1e-6);
        Assert.Throws<ArgumentException>(() => new Ensemble([]));
        Assert.Throws<ArgumentException>(() => new Ensemble([Member(1)], [0.5, 0.5]));
    }

    [Fact]
    public void Fifty_members_are_no_more_nodes_than_two_of_one()
    {
        Module[] members = [.. Enumerable.Range(0, 50).Select(_ => new Sequential(
            new Dense(4, 6, random) { Activation = Ops.Tanh }, new Dense(6, 5, random) { Activation = Ops.Relu }, new Dense(5, 3, random), new Activation(x => Ops.Softmax(x))))];
        double[] weights = [.. Enumerable.Range(1, 50).Select(i => i / 1275.0)];
        var ensemble = new Ensemble(members, weights);
        Variable x = Variable.Input("x", DType.Float32, ["batch", 4]);
        int one = Nodes(members[0].Forward(x, new ForwardContext(Mode.Inference))), all = Nodes(ensemble.Forward(x, new ForwardContext(Mode.Inference)));
        Assert.True(all <= 2 * one, $"found {all} nodes for fifty members, {one} for one");

        // Each parameter counts by itself: the numbers are those of the members one by one.
        float[] numbers = [.. Enumerable.Range(0, 12).Select(i => MathF.Sin(i))];
        double[] expected = new double[9];
        for (int m = 0; m < members.Length; m++)
        {
            double[] own = Run.Numbers(Run.Forward(members[m], Mode.Inference, numbers, 3, 4));
            for (int i = 0; i < expected.Length; i++)
                expected[i] += weights[m] * own[i];
        }

        Run.Close(expected, Run.Numbers(Run.Forward(ensemble, Mode.Inference, numbers, 3, 4)), 1e-6);

        // Members of two forms stand side by side.
        var mixed = new Ensemble([.. members.Take(3), new Sequential(new Dense(4, 3, random), new Activation(v => Ops.Softmax(v)))]);
        double[] mean = [.. Enumerable.Range(0, 9).Select(i => mixed.Children.Average(member => Run.Numbers(Run.Forward((Module)member, Mode.Inference, numbers, 3, 4))[i]))];
        Run.Close(mean, Run.Numbers(Run.Forward(mixed, Mode.Inference, numbers, 3, 4)), 1e-6);

        static int Nodes(Variable result)
        {
            Node[] nodes = [.. TopologicalOrder.Of([result])];
            return nodes.Length + nodes.Select(node => node.Operation).OfType<IHasBodies>().SelectMany(operation => operation.Bodies).Sum(body => body.Nodes.Count);
        }
    }

    [Fact]
    public void An_ensemble_of_models_averages_each_output()
    {
        static Model Member(double c) => new Heads(new Activation(x => c * x), ("same", new Activation(x => x)), ("square", new Activation(x => x.Square())));
        var ensemble = new ModelEnsemble([Member(2), Member(4)], [0.75, 0.25]);
        Named outputs = ensemble.Forward(new Named(("input", Run.Tensor([1, 2], 1, 2))), new ForwardContext(Mode.Inference));
        Run.Close([2.5, 5], Run.Numbers(outputs["same"]), 1e-6);
        Run.Close([7, 28], Run.Numbers(outputs["square"]), 1e-6);
    }
}
