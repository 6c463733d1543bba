using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

/// <summary>The exact ensemble of all dropout masks (book equations 7.52 to 7.66).</summary>
public sealed class GeometricEnsembleTests
{
    private static readonly float[] X = [0.7f, -1.2f, 0.4f, 1.5f, 0.3f, -0.6f];

    /// <summary>For softmax regression the weight scaling rule is exact, at any rate.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.2)]
    public void Weight_scaling_is_exact_for_softmax_regression(double rate)
    {
        var random = new RandomSource(2);
        var model = new Sequential(new Dropout(rate, random), new Dense(6, 3, random) { WeightInitializer = new Normal(1) });
        double[] scaled = Run.Numbers(model.Forward(Run.Tensor(X, 1, 6), new ForwardContext(Mode.Inference)).LogSoftmax());
        Run.Close(scaled, Run.Numbers(Run.Forward(new GeometricEnsemble(model), Mode.Inference, X, 1, 6)), 1e-5);
        double[] mean = Run.Numbers(Run.Forward(new GeometricEnsemble(model) { Arithmetic = true }, Mode.Inference, X, 1, 6));
        Assert.Equal(1.0, mean.Sum(Math.Exp), 1e-5);
        Assert.True(mean.Zip(scaled, (a, b) => Math.Abs(a - b)).Max() > 0.01, "the arithmetic mean is another one");
    }

    /// <summary>Behind rectifiers both means are those of all 2⁷ subnetworks, computed one by one, and weight scaling is only near.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Behind_rectifiers_it_is_the_mean_of_all_subnetworks(bool arithmetic)
    {
        var random = new RandomSource(4);
        Dense hidden = new(3, 4, random) { WeightInitializer = new Normal(1), BiasInitializer = new Normal(0.5), Activation = Ops.Relu };
        Dense top = new(4, 2, random) { WeightInitializer = new Normal(1) };
        var model = new Sequential(new Dropout(0.2, random), hidden, new Dropout(0.5, random), top);
        double[] found = Run.Numbers(Run.Forward(new GeometricEnsemble(model) { Arithmetic = arithmetic }, Mode.Inference, X, 2, 3));
        double[] scaled = Run.Numbers(model.Forward(Run.Tensor(X, 2, 3), new ForwardContext(Mode.Inference)).LogSoftmax());
        double[] w = Run.Numbers(hidden.Weight.Value), b = Run.Numbers(hidden.Bias!.Value), v = Run.Numbers(top.Weight.Value);
        for (int example = 0; example < 2; example++)
        {
            var sum = new double[2];
            for (int mask = 0; mask < 128; mask++)
            {
                double[] h = [.. Enumerable.Range(0, 4).Select(u => Kept(mask, 3 + u, 0.5) * Math.Max(
                    0, b[u] + Enumerable.Range(0, 3).Sum(i => Kept(mask, i, 0.2) * X[(3 * example) + i] * w[(4 * i) + u])))];
                double[] z = [.. Enumerable.Range(0, 2).Select(k => Enumerable.Range(0, 4).Sum(u => h[u] * v[(2 * u) + k]))];
                double all = Math.Log(z.Sum(Math.Exp));
                double p = Enumerable.Range(0, 7).Aggregate(1.0, (product, unit) => product * ((mask >> unit) % 2 == 1 ? (unit < 3 ? 0.8 : 0.5) : (unit < 3 ? 0.2 : 0.5)));
                for (int k = 0; k < 2; k++)
                    sum[k] += p * (arithmetic ? Math.Exp(z[k] - all) : z[k] - all);
            }

            double[] expected = arithmetic ? [.. sum.Select(s => Math.Log(s))] : [.. sum.Select(s => s - Math.Log(sum.Sum(Math.Exp)))];
            Run.Close(expected, found[(2 * example)..((2 * example) + 2)], 1e-5);
        }

        Assert.True(found.Zip(scaled, (a, c) => Math.Abs(a - c)).Max() > 1e-3, "weight scaling is not exact here");

        static double Kept(int mask, int unit, double rate) => (mask >> unit) % 2 / (1 - rate);
    }

    [Fact]
    public void Models_without_masks_or_with_too_many_are_refused()
    {
        var random = new RandomSource(1);
        Assert.Contains("found 0 units", Assert.Throws<GraphException>(
            () => Run.Forward(new GeometricEnsemble(new Dense(6, 2, random)), Mode.Inference, X, 1, 6)).Message, StringComparison.Ordinal);
        var large = new Sequential(new Dense(6, 17, random), new Dropout(0.5, random), new Dense(17, 2, random));
        Assert.Contains("found 17 units", Assert.Throws<GraphException>(() => Run.Forward(new GeometricEnsemble(large), Mode.Inference, X, 1, 6)).Message, StringComparison.Ordinal);
    }
}
