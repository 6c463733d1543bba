using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>What is drawn has the moments that it should have, within four standard errors.</summary>
public sealed class DrawnTests
{
    private const int Draws = 40_000;

    public static TheoryData<string> Initializers => [.. InitializerValues.Rows.Keys];

    public static TheoryData<string> Distributions => [.. DistributionValues.Drawn.Keys];

    [Theory]
    [MemberData(nameof(Initializers))]
    public void Initial_values_have_their_moments_and_bounds(string name)
    {
        foreach ((Initializer initializer, double mean, double variance, double? reach) in InitializerValues.Rows[name])
        {
            Assert.Equal(name, initializer.GetType().Name);
            double[] drawn = Run.Numbers(initializer.Create([Draws / 100, 100], InitializerValues.Connections, new RandomSource(5)));
            CheckMoments(drawn, mean, variance, reach is null ? 3 : 1.8);
            if (reach is { } greatest)
            {
                Assert.InRange(drawn.Max(v => Math.Abs(v - mean)), 0.999 * greatest, greatest + 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Samples_have_the_mean_and_the_variance_of_their_distribution(string name)
    {
        (Func<int, Distribution> of, double mean, double variance) = DistributionValues.Drawn[name];
        double[] drawn = Run.Numbers(of(Draws).Sample(RandomStream.Of(3)));
        Assert.Equal(Draws, drawn.Length);
        CheckMoments(drawn, mean, variance, 9);
    }

    /// <summary>Draws of N(μ, BBᵀ): the error of an entry Σᵢⱼ is √((ΣᵢᵢΣⱼⱼ + Σᵢⱼ²)/n).</summary>
    [Fact]
    public void Samples_of_several_outputs_have_their_covariances()
    {
        double[] center = [1, -2, 0.5], lower = [0.4, -1.5, 0.9, 2, 0.7, -0.3];
        double[] row = [.. center, .. lower];
        Distribution gaussian = new FullCovarianceGaussian(3).Of(Variable.Of(Value.Of([.. Enumerable.Range(0, Draws).SelectMany(_ => row)], Draws, row.Length)));
        double[] drawn = Run.Numbers(gaussian.Sample(RandomStream.Of(7)));
        double Diagonal(double z) => Math.Log(1 + Math.Exp(z)) + 1e-3;
        double[][] b = [[Diagonal(lower[0]), 0, 0], [lower[1], Diagonal(lower[2]), 0], [lower[3], lower[4], Diagonal(lower[5])]];
        double Covariance(int i, int j) => b[i].Zip(b[j], (p, q) => p * q).Sum();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(center[i], Enumerable.Range(0, Draws).Average(n => drawn[(n * 3) + i]), 4 * Math.Sqrt(Covariance(i, i) / Draws));
            for (int j = 0; j <= i; j++)
            {
                double found = Enumerable.Range(0, Draws).Average(n => (drawn[(n * 3) + i] - center[i]) * (drawn[(n * 3) + j] - center[j]));
                Assert.Equal(Covariance(i, j), found, 4 * Math.Sqrt(((Covariance(i, i) * Covariance(j, j)) + (Covariance(i, j) * Covariance(i, j))) / Draws));
            }
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Streams_of_a_graph_have_the_moments_of_their_distributions(DType type)
    {
        foreach (ulong counter in new ulong[] { 0, 1 })
        {
            RandomStream stream = RandomStream.Of(11, counter);
            double[] uniform = Run.Numbers(stream.Uniform([Draws], type)), normal = Run.Numbers(stream.Normal([Draws], type));
            CheckMoments(uniform, 0.5, 1.0 / 12, 1.8);
            Assert.InRange(uniform.Min(), 0, 1e-3);
            Assert.InRange(uniform.Max(), 0.999, 1);
            CheckMoments(normal, 0, 1, 3);
            Assert.Equal(3, normal.Average(v => v * v * v * v), 0.2);
            Assert.NotEqual(uniform[0], Run.Numbers(stream.Fork(0).Uniform([Draws], type))[0]);
        }
    }

    /// <summary>A layer tells its initializer the connections of one unit: inputs and outputs, and for a convolution those within a group times the window.</summary>
    [Fact]
    public void Layers_tell_initializers_the_connections_of_a_unit()
    {
        foreach ((Func<Initializer, Module> make, int fanIn, int fanOut) in new (Func<Initializer, Module>, int, int)[]
        {
            (w => new Dense(3, 7, new RandomSource(1)) { WeightInitializer = w }, 3, 7),
            (w => new Dense(3, 7, new RandomSource(1)) { BiasInitializer = w }, 3, 7),
            (w => new Conv2D(4, 6, 3, new RandomSource(1)) { WeightInitializer = w }, 4 * 9, 6 * 9),
            (w => new Conv2D(4, 6, 3, new RandomSource(1)) { WeightInitializer = w, Groups = 2 }, 2 * 9, 3 * 9),
            (w => new Conv2D(4, 6, 3, new RandomSource(1)) { BiasInitializer = w }, 4 * 9, 6 * 9),
            (w => new Maxout(3, 7, 2, new RandomSource(1)) { WeightInitializer = w }, 3, 7),
            (w => new Recurrent(3, 7, new RandomSource(1)) { InputInitializer = w }, 3, 7),
            (w => new Recurrent(3, 7, new RandomSource(1)) { RecurrentInitializer = w }, 7, 7),
            (w => new FastDropout(3, 7, 0.5, FastDropoutUnit.Logit, new RandomSource(1)) { WeightInitializer = w }, 3, 7),
            (w => new Embedding(3, 7, new RandomSource(1)) { TableInitializer = w }, 3, 7),
            (w => new RadialBasis(3, 7, new RandomSource(1)) { TemplateInitializer = w }, 3, 7),
            (w => new MixtureClassifier(3, 7, 2, new RandomSource(1)) { MeanInitializer = w }, 3, 14),
        })
        {
            var told = new Told();
            Module module = make(told);
            Assert.NotEmpty(module.Parameters);
            Assert.True(told.Fans.SequenceEqual([new Fan(fanIn, fanOut)]), $"{module}: {string.Join(", ", told.Fans)}");
        }
    }

    /// <summary>What layers begin with unless told otherwise.</summary>
    [Fact]
    public void Layers_begin_with_the_moments_that_they_document()
    {
        var random = new RandomSource(4);
        foreach ((Module layer, double variance) in new (Module, double)[]
        {
            (new Dense(300, 100, random), 2.0 / 400), (new Conv2D(60, 20, 5, random), 2.0 / (80 * 25)), (new Conv2D(60, 20, 5, random) { Groups = 2 }, 2.0 / (40 * 25)),
            (new DropConnect(300, 100, 0.5, random), 2.0 / 400), (new Maxout(100, 100, 3, random), 2.0 / 200), (new FastDropout(300, 100, 0.5, FastDropoutUnit.Logit, random), 2.0 / 400),
            (new Embedding(300, 100, random), 0.01), (new RadialBasis(300, 100, random), 1), (new LowRankDense(300, 200, 100, random), 2.0 / 400),
        })
        {
            CheckMoments(Run.Numbers(layer.Parameters[0].Value), 0, variance, 3);
            foreach (Parameter bias in layer.Parameters.Where(p => p.Role == ParameterRole.Bias && p.Name.Contains("bias", StringComparison.Ordinal)))
                Assert.All(Run.Numbers(bias.Value), v => Assert.Equal(0.0, v));
        }

        CheckMoments(Run.Numbers(new MixtureClassifier(100, 10, 10, random).Means.Value), 0, 1, 3);
    }

    /// <summary>Each keeps what it says of the numbers, divides them by that share, and moves nothing else; noise has the deviation that it is told.</summary>
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.7)]
    public void Masks_and_noise_have_their_shares_and_deviations(double size)
    {
        float[] ones = [.. Enumerable.Repeat(1f, Draws)];
        double[] mask = Run.Numbers(Run.Forward(new Dropout(size, new RandomSource(6)), Mode.Training, ones, 1, Draws));
        Assert.All(mask, v => Assert.True(v == 0 || Math.Abs(v - (1 / (1 - size))) < 1e-6, $"found {v}"));
        Assert.Equal(size, mask.Count(v => v == 0) / (double)Draws, 4 * Math.Sqrt(size * (1 - size) / Draws));
        double[] added = Run.Numbers(Run.Forward(new GaussianNoise(size, new RandomSource(6)), Mode.Training, new float[Draws], 1, Draws));
        CheckMoments(added, 0, size * size, 3);
        double[] factors = Run.Numbers(Run.Forward(new GaussianNoise(size, new RandomSource(6)) { Multiplicative = true }, Mode.Training, ones, 1, Draws));
        Run.Close([.. added.Select(v => 1 + v)], factors, 1e-6);
        var connect = new DropConnect(1, Draws, size, new RandomSource(6));
        connect.Weight.Value = Value.Of(ones, 1, Draws);
        double[] kept = Run.Numbers(Run.Forward(connect, Mode.Training, [1], 1, 1));
        Assert.All(kept, v => Assert.True(v == 0 || Math.Abs(v - (1 / (1 - size))) < 1e-6, $"found {v}"));
        Assert.Equal(size, kept.Count(v => v == 0) / (double)Draws, 4 * Math.Sqrt(size * (1 - size) / Draws));
    }

    [Fact]
    public void Every_activation_is_its_formula()
    {
        Assert.Equal(
            Components.ExampleActivations.Rows.Keys.Except([nameof(Ops.Softmax)]).Order(StringComparer.Ordinal), ActivationValues.Rows.Keys.Order(StringComparer.Ordinal));
        Variable x = Variable.Of(Value.Of(ActivationValues.Inputs, ActivationValues.Inputs.Length));
        foreach ((Func<Variable, Variable> function, Func<double, double> expected) in ActivationValues.Rows.SelectMany(row => row.Value))
            Run.Close([.. ActivationValues.Inputs.Select(expected)], Run.Numbers(function(x)), 1e-12);
        double[] z = [0.3, -2, 5, 5, 5, 5, -100, 100, 0];
        Run.Close([.. z.Chunk(3).SelectMany(Loops.Softmax)], Run.Numbers(Ops.Softmax(Variable.Of(Value.Of(z, 3, 3)))), 1e-14);
    }

    /// <summary>The error of a mean is √(v/n), that of a variance √((kurtosis − 1)/n)·v.</summary>
    private static void CheckMoments(double[] drawn, double mean, double variance, double kurtosis)
    {
        double average = drawn.Average();
        Assert.Equal(mean, average, (4 * Math.Sqrt(variance / drawn.Length)) + 1e-6);
        Assert.Equal(variance, drawn.Average(v => (v - mean) * (v - mean)), (4 * variance * Math.Sqrt((kurtosis - 1) / drawn.Length)) + 1e-6);
    }

    /// <summary>Notes what it is told.</summary>
    private sealed record Told : Initializer
    {
        public List<Fan> Fans { get; } = [];

        protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random) => Fans.Add(fan);
    }
}
