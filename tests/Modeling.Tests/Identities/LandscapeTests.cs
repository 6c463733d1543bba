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

/// <summary>Saddle points, and noise of gradients and weights, by exact enumeration.</summary>
public sealed class LandscapeTests
{
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7, -0.2, 0.9], Y = [1, -0.5, 0.7, 2];

    /// <summary>A6.6: at n = 5 all eigenvalues of a random symmetric matrix are positive once in about 8,000 draws; 3 million draws, each with its
    /// negative (which is as likely), bound it from both sides.</summary>
    [Fact]
    public void In_five_dimensions_a_random_hessian_is_almost_never_positive()
    {
        const int Size = 5, Draws = 1_500_000;
        var random = new RandomSource(16);
        var a = new double[Size, Size];
        int definite = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            for (int i = 0; i < Size; i++)
            {
                for (int j = 0; j <= i; j++)
                    a[i, j] = random.NextNormal() * (i == j ? Math.Sqrt(2) : 1);
            }

            definite += Positive(a, 1) || Positive(a, -1) ? 1 : 0;
        }

        double share = definite / (2.0 * Draws);
        Assert.Equal(1.3e-4, share, 4 * Math.Sqrt(1.3e-4 / (2.0 * Draws)));
        Assert.InRange(share, 0.9e-4, 1.7e-4);
    }

    /// <summary>A6.7: with eigenvalues λ, an autoencoder of two linear codes at two eigenvectors loses the sum of the others; only the two greatest are a
    /// minimum, every other choice has a direction of negative curvature.</summary>
    [Fact]
    public void Only_the_greatest_eigenvectors_are_a_minimum_of_a_linear_autoencoder()
    {
        double[] spectrum = [3, 2, 1, 0.5], x = new double[16];
        for (int i = 0; i < 4; i++)
            x[5 * i] = Math.Sqrt(spectrum[i]);
        Parameter encoder = DoubleModel.Weight("encoder", new double[8], 4, 2), decoder = DoubleModel.Weight("decoder", new double[8], 2, 4);
        Variable input = Wide(x, 4, 4);
        var f = new ScalarFunction((input.MatMul(encoder).MatMul(decoder) - input).Square().Sum(), [encoder, decoder]);
        for (int first = 0; first < 4; first++)
        {
            for (int second = first + 1; second < 4; second++)
            {
                var point = new double[16];
                point[2 * first] = point[(2 * second) + 1] = point[8 + first] = point[12 + second] = 1;
                f.Point = point;
                var gradient = new double[16];
                Assert.Equal(spectrum.Sum() - spectrum[first] - spectrum[second], f.Evaluate(point, gradient), 1e-13);
                Assert.All(gradient, g => Assert.Equal(0.0, g, 1e-13));
                f.Point = point;
                double least = Lanczos.Eigenpairs(v => f.HessianProduct(v), 16, 16, new RandomSource(1))[0].Value;
                Assert.True((first, second) == (0, 1) ? least > -1e-10 : least < -0.1, $"eigenvectors {first} and {second}: least curvature {least}");
            }
        }
    }

    /// <summary>A6.8: over all minibatches of m examples drawn with replacement, the gradient has the mean of the full one and a variance of the single
    /// example's over m: a hundred times the examples buy a factor of ten in the deviation.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_variance_of_a_minibatch_gradient_is_that_of_an_example_over_its_size(int size)
    {
        Variable w = Wide([0.4, -0.3], 2, 1);
        double[] Gradient(int[] rows)
        {
            Variable x = Wide([.. rows.SelectMany(r => X[(2 * r)..((2 * r) + 2)])], rows.Length, 2), y = Wide([.. rows.Select(r => Y[r])], rows.Length, 1);
            return Run.Numbers(Toolkit.Autograd.Gradients.Gradient.Of(new MeanSquaredError().Mean(x.MatMul(w).Tanh(), y), w));
        }

        double[] full = Gradient([0, 1, 2, 3]);
        double Square(double[] g) => g.Zip(full, (a, b) => (a - b) * (a - b)).Sum();
        double single = Enumerable.Range(0, 4).Average(r => Square(Gradient([r])));
        int batches = (int)Math.Pow(4, size);
        double[][] all = [.. Enumerable.Range(0, batches).Select(b => Gradient([.. Enumerable.Range(0, size).Select(k => b >> (2 * k) & 3)]))];
        Run.Close(full, [.. full.Select((_, i) => all.Average(g => g[i]))], 1e-13);
        Assert.Equal(single / size, all.Average(Square), 1e-13);
    }

    /// <summary>A4.1: on a linear model, weight noise ±σ on each weight adds σ²·mean ‖x‖² exactly, a constant: its gradient is 0.</summary>
    [Fact]
    public void Weight_noise_on_a_linear_model_has_no_gradient()
    {
        const double Sigma = 0.3;
        Variable w = Wide([1.3, -0.4], 2, 1), x = Wide(X, 4, 2), y = Wide(Y, 4, 1);
        Variable Loss(Variable weights) => new MeanSquaredError().Mean(x.MatMul(weights), y);
        Variable mean = Enumerable.Range(0, 4)
            .Select(signs => 0.25 * Loss(w + Wide([(signs & 1) == 0 ? Sigma : -Sigma, (signs & 2) == 0 ? Sigma : -Sigma], 2, 1))).Aggregate((a, b) => a + b);
        Variable added = mean - Loss(w);
        Assert.Equal(Sigma * Sigma * X.Sum(v => v * v) / 4, Run.Number(added), 1e-14);
        Run.Close([0, 0], Run.Numbers(Gradient.Of(added, w)), 1e-14);

        // On average over what the regularizer draws, the gradient of its term is 0, too.
        const int Draws = 2000;
        Parameter parameter = DoubleModel.Weight("w", [1.3, -0.4], 2, 1);
        Objective objective = DoubleModel.Objective(new DoubleModel((input, p, _) => input.MatMul(p[0]), parameter), new MeanSquaredError(), x, y);
        Variable[] gradients = [.. Enumerable.Range(0, Draws).Select(
            seed => Gradient.Of(new WeightNoise(Sigma) { Seed = (ulong)seed }.Penalty(objective), parameter.Variable))];
        double[][] drawn = [.. gradients.Chunk(100).SelectMany(some => Run.Values(some)).Select(value => Run.Numbers(value))];
        for (int i = 0; i < 2; i++)
            Assert.Equal(0.0, drawn.Average(g => g[i]), 4 * Math.Sqrt(drawn.Average(g => g[i] * g[i]) / Draws));
    }

    /// <summary>A4.6: the divergence of mean activations is 0 with gradient 0 where they are the target, and positive elsewhere.</summary>
    [Theory]
    [InlineData(0.3, 0.0)]
    [InlineData(0.299, 1e-6)]
    [InlineData(0.9, 0.5)]
    [InlineData(0.01, 0.5)]
    public void The_divergence_of_activations_vanishes_at_the_target_alone(double activation, double least)
    {
        Parameter hidden = DoubleModel.Weight("h", [activation + 0.005, activation - 0.005], 2, 1);
        var model = new DoubleModel((x, p, c) => { c.Register("code", p[0]); return x + p[0].Variable; }, hidden);
        Objective o = DoubleModel.Objective(model, new MeanSquaredError(), Wide([0, 0], 2, 1), Wide([0, 0], 2, 1));
        Variable penalty = new HiddenKl(1, "code", 0.3).Penalty(o);
        double slope = (-0.3 / activation) + (0.7 / (1 - activation));
        Run.Close([slope / 2, slope / 2], DoubleModel.GradientOf(penalty, hidden), 1e-12);
        double found = Run.Number(penalty);
        if (least == 0.0)
            Assert.Equal(0.0, found, 1e-15);
        else
            Assert.True(found > least, $"{found}");
    }

    /// <summary>A4.7: the squared Frobenius norm of the Jacobian of a sigmoid encoder, Σ (h(1 − h))²‖W‖², is the one that differentiation gives.</summary>
    [Fact]
    public void The_jacobian_of_a_sigmoid_encoder_has_the_norm_of_its_formula()
    {
        double[] w = [0.4, -0.3, 0.8, 0.2, 0.9, -0.5];
        Variable x = Wide([0.5, -1.2], 1, 2), h = x.MatMul(Wide(w, 2, 3)).Sigmoid();
        double byGradient = Enumerable.Range(0, 3).Sum(i => Run.Numbers(Gradient.Of(h.Slice(1, i, i + 1).Sum(), x)).Sum(g => g * g));
        double byFormula = Run.Numbers(h).Select((v, i) => Math.Pow(v * (1 - v), 2) * ((w[i] * w[i]) + (w[3 + i] * w[3 + i]))).Sum();
        Assert.Equal(byGradient, byFormula, 1e-14);
    }

    /// <summary>Whether sign·A is positive definite: each pivot of Cholesky's factorization is above 0. Most draws fail at the first.</summary>
    private static bool Positive(double[,] a, double sign)
    {
        Span<double> l = stackalloc double[25];
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = sign * a[i, j];
                for (int k = 0; k < j; k++)
                    sum -= l[(5 * i) + k] * l[(5 * j) + k];
                if (i == j && sum <= 0)
                    return false;
                l[(5 * i) + j] = i == j ? Math.Sqrt(sum) : sum / l[(5 * j) + j];
            }
        }

        return true;
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
