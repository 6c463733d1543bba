using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Noise, tangents and landscapes of linear models, where averages have closed forms.</summary>
public sealed class NoiseIdentityTests
{
    private const double Sigma = 0.3;
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7, -0.2, 0.9], Y = [1, -0.5, 0.7, 2];

    /// <summary>A4.1: input noise of variance σ² on a linear model adds σ²‖w‖² exactly: over all signs ±σ the mean is the expectation.</summary>
    [Fact]
    public void Input_noise_on_a_linear_model_is_weight_decay()
    {
        double[] w = [1.3, -0.4];
        double expected = Squares(w, X) + (Sigma * Sigma * ((w[0] * w[0]) + (w[1] * w[1])));
        double mean = 0;
        for (int signs = 0; signs < 4; signs++)
        {
            double[] moved = [.. X.Select((x, i) => x + (Sigma * ((signs >> (i % 2) & 1) == 0 ? 1 : -1)))];
            mean += Squares(w, moved) / 4;
        }

        Assert.Equal(expected, mean, 1e-14);

        // And on average with the noise that the layer draws.
        const int Draws = 20_000;
        Variable many = Wide([.. Enumerable.Range(0, Draws).SelectMany(_ => X)], 4 * Draws, 2);
        double[] outputs = Run.Numbers(new GaussianNoise(Sigma, new RandomSource(3)).Forward(many, new ForwardContext(Mode.Training)).MatMul(Wide(w, 2, 1)));
        double[] losses = [.. outputs.Chunk(4).Select(four => four.Zip(Y, (a, b) => (a - b) * (a - b)).Average())];
        double spread = Math.Sqrt(losses.Average(l => (l - expected) * (l - expected)));
        Assert.Equal(expected, losses.Average(), 4 * spread / Math.Sqrt(Draws));
    }

    /// <summary>A4.1: weight noise on a linear model adds η·E‖x‖², which has no gradient; drawn noise agrees on average.</summary>
    [Fact]
    public void Weight_noise_on_a_linear_model_adds_a_constant_on_average()
    {
        Parameter w = DoubleModel.Weight("w", [1.3, -0.4], 2, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), w);
        Objective o = DoubleModel.Objective(model, new MeanSquaredError(), Wide(X, 4, 2), Wide(Y, 4, 1));
        double expected = Sigma * Sigma * X.Sum(x => x * x) / 4;
        double mean = Enumerable.Range(0, 3000).Chunk(100).Average(seeds =>
            Run.Values([.. seeds.Select(seed => new WeightNoise(Sigma) { Seed = (ulong)seed }.Penalty(o))]).Average(v => v.Scalar()));
        Assert.Equal(expected, mean, 0.05);
    }

    /// <summary>A6.4: with a linear f, tangent prop has the minimum (X'X + λn/n·Σ vv')⁻¹X'y of regression with noise along the tangents.</summary>
    [Fact]
    public void Tangent_prop_of_linear_regression_is_augmentation_along_the_tangent()
    {
        const double Strength = 0.8;
        double[] v = [0.6, -1.1];
        Parameter w = DoubleModel.Weight("w", [0, 0], 2, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), w);
        Objective o = DoubleModel.Objective(model, new MeanSquaredError(), Wide(X, 4, 2), Wide(Y, 4, 1));
        Variable total = o.Loss + new TangentProp(Strength, x => [Wide(v, 2) + (0.0 * x)]).Penalty(o);
        new NewtonConjugateGradient { Tolerance = 1e-13 }.Minimize(new ScalarFunction(total, [w]));
        double[] solved = Run.Numbers(w.Value);
        // The mean over noise ±√λ along v is the expectation of augmentation; its gradient must vanish at the same weights.
        double step = Math.Sqrt(Strength);
        double[] up = [.. X.Select((x, i) => x + (step * v[i % 2]))], down = [.. X.Select((x, i) => x - (step * v[i % 2]))];
        Variable augmented = (0.5 * Mean(up)) + (0.5 * Mean(down));
        Assert.All(Run.Numbers(Gradient.Of(augmented, w.Variable)), g => Assert.Equal(0.0, g, 1e-12));
        Assert.NotEqual(0.0, solved[0]);

        Variable Mean(double[] inputs) => (Wide(inputs, 4, 2).MatMul(w) - Wide(Y, 4, 1)).Square().Mean();
    }

    private static double Squares(double[] w, double[] x)
    {
        double sum = 0;
        for (int i = 0; i < 4; i++)
            sum += Math.Pow((w[0] * x[2 * i]) + (w[1] * x[(2 * i) + 1]) - Y[i], 2) / 4;
        return sum;
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
