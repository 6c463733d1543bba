using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Penalties as priors, and what they are needed for.</summary>
public sealed class PriorTests
{
    /// <summary>A3.11, equation 7.24: a Laplace prior of scale 1/α is α‖w‖₁ up to n ln 2 − n ln α; a Gaussian one of variance 1/α is ½α‖w‖².</summary>
    [Fact]
    public void Penalties_are_negative_logarithms_of_priors()
    {
        const double Alpha = 0.6;
        double[] numbers = [0.4, -1.2, 0.7, 2.1];
        Parameter w = DoubleModel.Weight("w", numbers, 4, 1);
        Variable row = w.Variable.Reshape([1, 4]), zero = DoubleModel.Tensor(new double[4], 1, 4);
        Objective o = DoubleModel.Objective(
            new DoubleModel((x, p, _) => x.MatMul(p[0]), w), new MeanSquaredError(), DoubleModel.Tensor([1, 2, 3, 4], 1, 4), DoubleModel.Tensor([1], 1, 1));
        double laplace = Run.Number(new Laplace(zero, Variable.Scalar(1 / Alpha, DType.Float64)).NegativeLogLikelihood(row));
        Assert.Equal((4 * Math.Log(2)) - (4 * Math.Log(Alpha)), laplace - Run.Number(new L1(Alpha).Penalty(o)), 1e-13);
        double gaussian = Run.Number(new Gaussian(zero, Variable.Scalar(1 / Math.Sqrt(Alpha), DType.Float64)).NegativeLogLikelihood(row));
        Assert.Equal((2 * Math.Log(2 * Math.PI)) - (2 * Math.Log(Alpha)), gaussian - Run.Number(new L2(Alpha).Penalty(o)), 1e-13);
    }

    /// <summary>A3.10: on separable data the weights of logistic regression grow like ln t without decay, and have a limit with it.</summary>
    [Fact]
    public void Separable_classes_need_weight_decay()
    {
        Parameter w = DoubleModel.Weight("w", [0, 0], 2, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), w);
        Objective o = DoubleModel.Objective(model, new BinaryCrossEntropy(), DoubleModel.Tensor([1, 0.5, 2, 1, -1, -0.3, -2, 0.1], 4, 2), Run.Labels(1, 1, 0, 0));
        var step = Function.Compile([], [], [new Update(w, w - (1.0 * Gradient.Of(o.Loss, w.Variable)))], new ExecutionOptions { Threads = 1 });
        double[] lengths = [Grow(900), Grow(9_000), Grow(90_000)];
        Assert.True(lengths[1] - lengths[0] > 1);
        Assert.Equal(1.0, (lengths[2] - lengths[1]) / (lengths[1] - lengths[0]), 0.1);
        MinimizerResult result = new NewtonConjugateGradient { Tolerance = 1e-10 }.Minimize(new ScalarFunction(o.Loss + new L2(0.1).Penalty(o), [w]));
        Assert.True(result.Converged && Length() < 3, $"{result}, length {Length()}");

        double Length() => Math.Sqrt(Run.Numbers(w.Value).Sum(v => v * v));

        double Grow(int steps)
        {
            for (int i = 0; i < steps; i++)
                step.Run();
            return Length();
        }
    }

    /// <summary>A4.1: for a general model, weight noise of variance η adds η·(‖∇ŷ‖² + (ŷ − y)·tr ∇²ŷ) up to η².</summary>
    [Fact]
    public void Weight_noise_on_a_network_adds_the_gradient_and_the_curvature()
    {
        double[] at = [0.7, -0.4];
        Variable w = Variable.Of(Value.Of(at, 2));
        Variable F(Variable v) => ((v.Slice(0, 0, 1) * 1.3).Tanh() + (v.Slice(0, 1, 2) * v.Slice(0, 0, 1) * 0.8).Sin()).Sum();
        Variable y = F(w), gradient = Gradient.Of(y, w);
        double trace = Enumerable.Range(0, 2).Sum(i => Run.Numbers(Gradient.Of(gradient.Slice(0, i, i + 1).Sum(), w))[i]);
        double error = Run.Number(y) - 1.5, slope = Run.Numbers(gradient).Sum(g => g * g);
        double Remainder(double eta)
        {
            double mean = 0;
            for (int signs = 0; signs < 4; signs++)
            {
                double step = Math.Sqrt(eta);
                double[] moved = [at[0] + (step * ((signs & 1) == 0 ? 1 : -1)), at[1] + (step * ((signs & 2) == 0 ? 1 : -1))];
                mean += Math.Pow(Run.Number(F(Variable.Of(Value.Of(moved, 2)))) - 1.5, 2) / 4;
            }

            return mean - (error * error) - (eta * (slope + (error * trace)));
        }

        Assert.Equal(4.0, Remainder(2e-3) / Remainder(1e-3), 0.05);

        // And on average with the noise that the regularizer draws, up to a remainder of its size.
        const double Eta = 1e-3;
        Parameter weight = DoubleModel.Weight("w", at, 2);
        Objective objective = DoubleModel.Objective(
            new DoubleModel((x, p, _) => x + F(p[0]), weight), new MeanSquaredError(), Variable.Of(Value.Of([0.0], 1, 1)), Variable.Of(Value.Of([1.5], 1, 1)));
        double[] drawn = [.. Enumerable.Range(0, 8000).Chunk(200).SelectMany(
            seeds => Run.Values([.. seeds.Select(seed => new WeightNoise(Math.Sqrt(Eta)) { Seed = (ulong)seed }.Penalty(objective))]).Select(v => v.Scalar()))];
        double expected = Eta * (slope + (error * trace)), spread = Math.Sqrt(drawn.Average(d => (d - expected) * (d - expected)));
        Assert.Equal(expected, drawn.Average(), (4 * spread / Math.Sqrt(drawn.Length)) + (5 * Math.Abs(Remainder(Eta))));
    }

    /// <summary>A5.7: the mean of a sigmoid of a Gaussian is σ(μ/√(1 + πs²/8)) up to 0.0150, over μ in [−8, 8] and s in [0.1, 8].</summary>
    [Fact]
    public void The_mean_of_a_sigmoid_of_a_gaussian_is_off_by_at_most_0_0150()
    {
        List<double> means = [], at = [];
        for (double s = 0.1; s <= 8; s += 0.1)
        {
            for (double mu = -8; mu <= 8; mu += 0.25)
            {
                double sum = 0, total = 0;
                for (int i = -300; i <= 300; i++)
                {
                    double z = i / 40.0, density = Math.Exp(-0.5 * z * z);
                    sum += density / (1 + Math.Exp(-mu - (s * z)));
                    total += density;
                }

                means.Add(sum / total);
                at.AddRange([mu, s * s]);
            }
        }

        Variable moments = DoubleModel.Tensor([.. at], means.Count, 2);
        double[] found = Run.Numbers(FastDropout.ModeratedLogit(moments.Slice(1, 0, 1), moments.Slice(1, 1, 2)).Sigmoid());
        Assert.Equal(0.0150, found.Zip(means, (a, b) => Math.Abs(a - b)).Max(), 2e-4);
    }
}
