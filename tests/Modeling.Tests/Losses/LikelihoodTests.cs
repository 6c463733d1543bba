using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Tests.Losses;

public sealed class LikelihoodTests
{
    private const double HalfLogTwoPi = 0.91893853320467274;

    /// <summary>A1.6.</summary>
    [Fact]
    public void A_gaussian_of_precision_has_the_gradients_of_A1_6()
    {
        double beta = 3.7, mu = 0.4, y = -1.1;
        Variable m = Wide([mu], 1, 1), b = Wide([beta], 1, 1);
        Variable loss = Gaussian.OfPrecision(m, b).NegativeLogLikelihood(Wide([y], 1, 1)).Sum();
        double error = y - mu;
        Run.Close([(beta * error * error / 2) - (Math.Log(beta) / 2) + HalfLogTwoPi], Run.Numbers(loss), 1e-14);
        Run.Close([beta * (mu - y)], Run.Numbers(Gradient.Of(loss, m)), 1e-13);
        Run.Close([(error * error / 2) - (1 / (2 * beta))], Run.Numbers(Gradient.Of(loss, b)), 1e-13);
    }

    /// <summary>A1.6: the best constant variance.</summary>
    [Fact]
    public void The_best_fixed_variance_is_the_mean_squared_residual()
    {
        double[] residuals = [0.3, -1.2, 2.0, 0.1];
        double best = residuals.Average(r => r * r);
        Variable variance = Wide([best], 1, 1);
        Variable loss = Gaussian.OfVariance(Wide([0, 0, 0, 0], 4, 1), variance).NegativeLogLikelihood(Wide(residuals, 4, 1)).Mean();
        Assert.Equal(0.0, Run.Number(Gradient.Of(loss, variance)), 1e-15);
    }

    /// <summary>A1.6 with Σ = BBᵀ.</summary>
    [Fact]
    public void A_full_covariance_is_the_density_of_its_matrix()
    {
        // B = [[2, 0], [−1, 3]] has Σ = [[4, −2], [−2, 10]] with determinant 36.
        Variable factor = Wide([2, 9, -1, 3], 1, 2, 2);
        var gaussian = new CovarianceGaussian(Wide([1, -1], 1, 2), factor);
        double dx = 0.5 - 1, dy = 2.0 + 1;
        double quadratic = ((10 * dx * dx) + (2 * 2 * dx * dy) + (4 * dy * dy)) / 36;
        Run.Close([(0.5 * quadratic) + (0.5 * Math.Log(36)) + (2 * HalfLogTwoPi)], Run.Numbers(gaussian.NegativeLogLikelihood(Wide([0.5, 2], 1, 2))), 1e-14);
        Run.Close([4, 10], Run.Numbers(gaussian.Variance), 1e-14);
        Assert.Equal(0.0, Run.Numbers(Gradient.Of(gaussian.NegativeLogLikelihood(Wide([0.5, 2], 1, 2)).Sum(), factor))[1]);
    }

    /// <summary>A1.7 with K = 1.</summary>
    [Fact]
    public void One_component_of_a_mixture_is_a_gaussian()
    {
        Variable prediction = Wide([0.7, 1, -2, Math.Log(0.3), -0.1, 0, 3, Math.Log(2)], 2, 4), y = Wide([1.1, -2.5, 1, 2], 2, 2);
        double[] mixture = Run.Numbers(new MixtureDensity(1, 2) { VarianceFloor = 0 }.PerExample(prediction, y));
        var gaussian = new Gaussian(Wide([1, -2, 0, 3], 2, 2), Wide([0.3, 2], 2, 1));
        Run.Close(Run.Numbers(gaussian.NegativeLogLikelihood(y)), mixture, 1e-13);
    }

    /// <summary>A1.7.</summary>
    [Fact]
    public void A_mixture_has_the_gradients_of_A1_7()
    {
        double[] logits = [0.2, -0.5, 1.0], means = [0.5, -1, 1, 2, -0.3, 0.1], logScales = [-0.2, 0.4, 0.1], y = [0.3, 0.7];
        Variable z = Wide(logits, 1, 3), mu = Wide(means, 1, 3, 2), s = Wide(logScales, 1, 3);
        Variable loss = new GaussianMixture(z, mu, s).NegativeLogLikelihood(Wide(y, 1, 2)).Sum();
        double total = logits.Sum(Math.Exp);
        double[] pi = [.. logits.Select(l => Math.Exp(l) / total)];
        double[] squares = [.. Enumerable.Range(0, 3).Select(k => Math.Pow(y[0] - means[2 * k], 2) + Math.Pow(y[1] - means[(2 * k) + 1], 2))];
        double[] density = [.. pi.Select((p, k) => p * Math.Exp((-0.5 * squares[k] * Math.Exp(-2 * logScales[k])) - (2 * logScales[k])) / (2 * Math.PI))];
        double[] gamma = [.. density.Select(d => d / density.Sum())];
        Run.Close([-Math.Log(density.Sum())], Run.Numbers(loss), 1e-13);
        Run.Close([.. pi.Zip(gamma, (p, g) => p - g)], Run.Numbers(Gradient.Of(loss, z)), 1e-12);
        Run.Close([.. means.Select((m, i) => gamma[i / 2] * (m - y[i % 2]) * Math.Exp(-2 * logScales[i / 2]))], Run.Numbers(Gradient.Of(loss, mu)), 1e-12);
        Run.Close([.. gamma.Select((g, k) => g * (2 - (squares[k] * Math.Exp(-2 * logScales[k]))))], Run.Numbers(Gradient.Of(loss, s)), 1e-12);
    }

    /// <summary>A1.7 at s = 1e-8.</summary>
    [Fact]
    public void A_mixture_stays_finite_at_tiny_scales_and_extreme_logits()
    {
        Variable z = Wide([1e4, -1e4], 1, 2), mu = Wide([0, 1], 1, 2, 1), s = Wide([Math.Log(1e-8), Math.Log(1e-8)], 1, 2);
        Variable loss = new GaussianMixture(z, mu, s).NegativeLogLikelihood(Wide([1], 1, 1)).Sum();
        Assert.True(double.IsFinite(Run.Number(loss)));
        Assert.All(Run.Numbers(Gradient.Of(loss, mu)), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void Moments_quantiles_modes_and_samples_of_a_mixture_agree()
    {
        var mixture = new GaussianMixture(Wide([Math.Log(0.25), Math.Log(0.75)], 1, 2), Wide([-2, 1], 1, 2, 1), Wide([Math.Log(0.5), 0], 1, 2));
        double mean = 0.25, variance = (0.25 * (0.25 + (2.25 * 2.25))) + (0.75 * (1 + (0.75 * 0.75)));
        Run.Close([mean], Run.Numbers(mixture.Mean), 1e-14);
        Run.Close([variance], Run.Numbers(mixture.Variance), 1e-14);
        double quantile = Run.Number(mixture.Quantile(0.3));
        Variable at = Wide([(quantile + 2) / 0.5, quantile - 1], 2);
        double[] cumulative = Run.Numbers(0.5 + (0.5 * (at / Math.Sqrt(2)).Erf()));
        Assert.Equal(0.3, (0.25 * cumulative[0]) + (0.75 * cumulative[1]), 1e-12);
        Variable y = Variable.Of(Value.Of(Run.Numbers(mixture.Modes)[..1], 1, 1));
        Variable loss = mixture.NegativeLogLikelihood(y).Sum();
        Assert.Equal(0.0, Run.Number(Gradient.Of(loss, y)), 1e-6);
        var many = new GaussianMixture(Rows(mixture.Logits, 20000, 2), Rows(mixture.Centers.Reshape([1, 2]), 20000, 2).Reshape([20000, 2, 1]), Rows(mixture.LogScales, 20000, 2));
        double[] draws = Run.Numbers(many.Sample(RandomStream.Of(5)));
        Assert.Equal(mean, draws.Average(), 0.05);
        Assert.Equal(variance, draws.Average(d => (d - mean) * (d - mean)), 0.1);
        Assert.Equal(0.3, draws.Count(d => d <= quantile) / 20000.0, 0.015);
    }

    public static TheoryData<string> Families => ["gaussian", "laplace", "poisson", "bernoulli"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Samples_have_the_mean_the_variance_and_the_quantiles_that_are_stated(string family)
    {
        Variable ones = Variable.Of(Value.Full(0.8, DType.Float64, 20000, 1));
        Distribution d = family switch
        {
            "gaussian" => new Gaussian(ones, Wide([1.5], 1, 1)),
            "laplace" => new Laplace(ones, Wide([1.5], 1, 1)),
            "poisson" => new Poisson(ones) { CountLimit = 30 },
            _ => new Bernoulli(ones),
        };
        double[] draws = Run.Numbers(d.Sample(RandomStream.Of(3)));
        double mean = Run.Numbers(d.Mean)[0], variance = Run.Numbers(d.Variance)[0];
        Assert.Equal(mean, draws.Average(), 4 * Math.Sqrt(variance / 20000));
        Assert.Equal(variance, draws.Average(x => (x - mean) * (x - mean)), 0.06 * variance);
        foreach (double level in new[] { 0.1, 0.6, 0.9 })
        {
            double quantile = Run.Numbers(d.Quantile(level))[0];
            Assert.True(draws.Count(x => x <= quantile) / 20000.0 >= level - 0.015, $"{family}: too few at or below the quantile of {level}");
            Assert.True(draws.Count(x => x < quantile) / 20000.0 <= level + 0.015, $"{family}: too many below the quantile of {level}");
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => d.Quantile(1.0));
    }

    [Fact]
    public void Normal_quantiles_are_those_of_the_tables()
    {
        Variable at(double level) => new Gaussian(Wide([0], 1, 1), Wide([1], 1, 1)).Quantile(level);
        foreach ((double level, double z) in new[] { (0.5, 0.0), (0.975, 1.959963984540054), (0.001, -3.090232306167813), (1e-9, -5.997807015007773) })
            Assert.Equal(z, Run.Number(at(level)), 1e-13);
    }

    [Fact]
    public void Poisson_laplace_and_gaussian_losses_are_negative_log_likelihoods_in_nats()
    {
        Run.Close(
            [Math.Exp(0.5) - (3 * 0.5) + Math.Log(6), Math.Exp(-1)],
            Run.Numbers(new PoissonLikelihood().PerExample(Wide([0.5, -1], 2), Wide([3, 0], 2))), 1e-9);
        Run.Close([(1.5 / 2) + Math.Log(4)], Run.Numbers(new LaplaceLikelihood { Scale = 2 }.PerExample(Wide([1], 1), Wide([2.5], 1))), 1e-14);
        Run.Close(
            [(0.5 * 1.5 * 1.5 / 4) + Math.Log(2) + HalfLogTwoPi],
            Run.Numbers(new GaussianLikelihood { Variance = 4 }.PerExample(Wide([1], 1), Wide([2.5], 1))), 1e-14);
    }

    [Fact]
    public void Classes_are_drawn_with_their_probabilities_and_have_no_quantiles()
    {
        var categorical = new Categorical(Rows(Wide([1, 0, -1], 1, 3), 20000, 3));
        double[] draws = Run.Numbers(categorical.Sample(RandomStream.Of(8)));
        double[] p = Run.Numbers(categorical.Mean)[..3];
        for (int i = 0; i < 3; i++)
            Assert.Equal(p[i], draws.Count(d => d == i) / 20000.0, 0.015);
        Assert.Throws<NotSupportedException>(() => categorical.Quantile(0.5));
    }

    [Fact]
    public void Gradients_of_losses_are_right_to_order_two()
    {
        Variable y = Wide([0.3, -0.7, 1.2, 2.0], 2, 2);
        double[] two = [0.1, 0.2, -0.4, 0.9];
        Run.CheckGradients(x => new GaussianLikelihood { Variance = 2 }.PerExample(x, y), two, 2, 2);
        Run.CheckGradients(x => new PoissonLikelihood().PerExample(x, Wide([0, 3, 1, 2], 2, 2)), two, 2, 2);
        Run.CheckGradients(x => new LaplaceLikelihood().PerExample(x, y), two, 2, 2);
        Run.CheckGradients(x => new Huber(0.5).PerExample(x, y), two, 2, 2);
        Run.CheckGradients(x => new QuantileLoss(0.9).PerExample(x, y), two, 2, 2);
        Run.CheckGradients(x => new FullCovarianceGaussian(2).PerExample(x, y), [.. Enumerable.Range(0, 10).Select(i => Math.Sin(i * 1.7))], 2, 5);
        Run.CheckGradients(x => new MixtureDensity(2, 2).PerExample(x, y), [.. Enumerable.Range(0, 16).Select(i => Math.Sin(i * 2.3))], 2, 8);
    }

    [Fact]
    public void Settings_and_predictions_that_do_not_fit_are_refused()
    {
        Assert.Contains("above 0", Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianLikelihood { Variance = 0 }).Message);
        Assert.Contains("at least 0", Assert.Throws<ArgumentOutOfRangeException>(() => new MixtureDensity(2, 1) { VarianceFloor = -1 }).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantileLoss(1).PerExample(Wide([1], 1), Wide([1], 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Huber(-1).PerExample(Wide([1], 1), Wide([1], 1)));
        Assert.Contains("[batch, 9]", Assert.Throws<ShapeException>(() => new MixtureDensity(3, 1).PerExample(Wide(new double[8], 1, 8), Wide([1], 1, 1))).Message);
        Assert.Contains("[batch, 5]", Assert.Throws<ShapeException>(() => new FullCovarianceGaussian(2).PerExample(Wide([1], 1, 1), Wide([1], 1, 1))).Message);
        Assert.Throws<DTypeException>(() => new PoissonLikelihood().PerExample(Wide([1], 1), Run.Labels(1)));
    }

    private static Variable Rows(Variable row, int rows, int columns) => row.Expand([rows, columns]);

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
