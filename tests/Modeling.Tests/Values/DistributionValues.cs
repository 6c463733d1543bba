using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every distribution: mean, variance, −ln p and three quantiles of two examples; and what is drawn from it, against its moments.</summary>
internal static class DistributionValues
{
    private static readonly double[] Centers = [0.5, -1, 2, 0.3], Deviations = [0.4, 1.5, 2, 0.7], Targets = [0.1, -1.5, 2.5, 2], Levels = [0.1, 0.5, 0.85];

    private static readonly double[] Weights = [0.2, 0.9, 1, -1], Scales = [-0.3, 0.2, 0.5, -1], Factors = [1.5, 9, 0.7, 0.4, 2, 9, -0.8, 0.5];

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(Bernoulli)] = [Bits(Centers), Bits(Deviations)],
        [nameof(Categorical)] = [Classes(Centers), Classes(Deviations)],
        [nameof(CovarianceGaussian)] = [Covariance(Centers, Factors), Covariance(Deviations, Factors), Covariance(Centers, [0.5, 9, -0.7, 1.4, 2, 9, 0.8, 0.5])],
        [nameof(Gaussian)] = [Normal(Centers, Deviations), Normal(Deviations, Deviations), Normal(Centers, [1, 2, 0.3, 0.1])],
        [nameof(GaussianMixture)] = [Mixture(Weights, Centers, Scales), Mixture(Scales, Centers, Scales), Mixture(Weights, Deviations, Scales), Mixture(Weights, Centers, Weights)],
        [nameof(Laplace)] = [Tent(Centers, Deviations), Tent(Deviations, Deviations), Tent(Centers, [1, 2, 0.3, 0.1])],
        [nameof(Poisson)] = [Counts(Centers, 256), Counts(Scales, 256), Counts(Centers, 6)],
    };

    /// <summary>Distributions of one output for a number of examples, with their moments.</summary>
    public static Dictionary<string, (Func<int, Distribution> Of, double Mean, double Variance)> Drawn { get; } = new()
    {
        [nameof(Bernoulli)] = (n => new Bernoulli(Same(0.4, n)), Sigmoid(0.4), Sigmoid(0.4) * Sigmoid(-0.4)),
        [nameof(Categorical)] = (n => new Categorical(Ops.Concat(1, Same(0.4, n), Same(0, n))), Sigmoid(-0.4), Sigmoid(0.4) * Sigmoid(-0.4)),
        [nameof(CovarianceGaussian)] = (n => new CovarianceGaussian(Same(1.5, n), Same(0.7, n).Reshape([n, 1, 1])), 1.5, 0.49),
        [nameof(Gaussian)] = (n => new Gaussian(Same(1.5, n), Same(0.7, n)), 1.5, 0.49),
        [nameof(GaussianMixture)] = (
            n => new GaussianMixture(
                Ops.Concat(1, Same(Math.Log(3), n), Same(0, n)), Ops.Concat(1, Same(1, n), Same(-2, n)).Reshape([n, 2, 1]), Ops.Concat(1, Same(Math.Log(0.5), n), Same(0, n))),
            0.25, (0.75 * (0.25 + Square(0.75))) + (0.25 * (1 + Square(2.25)))),
        [nameof(Laplace)] = (n => new Laplace(Same(1.5, n), Same(0.7, n)), 1.5, 0.98),
        [nameof(Poisson)] = (n => new Poisson(Same(Math.Log(2.5), n)) { CountLimit = 20 }, 2.5, 2.5),
    };

    private static Setting Bits(double[] z) => On(
        new Bernoulli(Numbers(z, 2, 2)), Numbers([1, 0, 0, 0.3], 2, 2), [.. z.Select(Sigmoid)], [.. z.Select(x => Sigmoid(x) * Sigmoid(-x))],
        [Softplus(-z[0]) + Softplus(z[1]), Softplus(z[2]) + (0.3 * Softplus(-z[3])) + (0.7 * Softplus(z[3]))],
        (level, i) => Sigmoid(-z[i]) < level ? 1.0 : 0);

    private static Setting Classes(double[] z)
    {
        double[] p = [.. Softmax(z[..2]), .. Softmax(z[2..])];
        return On(new Categorical(Numbers(z, 2, 2)), Run.Labels(1, 0), p, [.. p.Select(x => x * (1 - x))], [-Math.Log(p[1]), -Math.Log(p[2])], null);
    }

    private static Setting Normal(double[] m, double[] s) => On(
        new Gaussian(Numbers(m, 2, 2), Numbers(s, 2, 2)), Numbers(Targets, 2, 2), m, [.. s.Select(Square)],
        Pairs(i => (Square((Targets[i] - m[i]) / s[i]) / 2) + Math.Log(s[i]) + (Math.Log(2 * Math.PI) / 2)), (level, i) => m[i] + (s[i] * Standard(level)));

    private static Setting Tent(double[] m, double[] b) => On(
        new Laplace(Numbers(m, 2, 2), Numbers(b, 2, 2)), Numbers(Targets, 2, 2), m, [.. b.Select(x => 2 * x * x)],
        Pairs(i => (Math.Abs(Targets[i] - m[i]) / b[i]) + Math.Log(2 * b[i])),
        (level, i) => Halved(-100, 100, y => y < m[i] ? Math.Exp((y - m[i]) / b[i]) / 2 : 1 - (Math.Exp((m[i] - y) / b[i]) / 2), level));

    private static Setting Covariance(double[] m, double[] factor)
    {
        var nats = new double[2];
        var variances = new double[4];
        for (int n = 0; n < 2; n++)
        {
            double a = factor[4 * n], c = factor[(4 * n) + 2], d = factor[(4 * n) + 3], first = Targets[2 * n] - m[2 * n], second = Targets[(2 * n) + 1] - m[(2 * n) + 1];
            double xx = a * a, xy = a * c, yy = (c * c) + (d * d), determinant = (xx * yy) - (xy * xy);
            nats[n] = ((((yy * first * first) - (2 * xy * first * second) + (xx * second * second)) / determinant) + Math.Log(determinant)) / 2 + Math.Log(2 * Math.PI);
            (variances[2 * n], variances[(2 * n) + 1]) = (xx, yy);
        }

        return On(
            new CovarianceGaussian(Numbers(m, 2, 2), Numbers(factor, 2, 2, 2)), Numbers(Targets, 2, 2), m, variances, nats,
            (level, i) => m[i] + (Math.Sqrt(variances[i]) * Standard(level)));
    }

    /// <summary>Two components of one output for each of two examples.</summary>
    private static Setting Mixture(double[] z, double[] m, double[] logScales)
    {
        double[] p = [.. Softmax(z[..2]), .. Softmax(z[2..])], s = [.. logScales.Select(Math.Exp)];
        double[] means = [(p[0] * m[0]) + (p[1] * m[1]), (p[2] * m[2]) + (p[3] * m[3])];
        double Probability(int n, double y) => Enumerable.Range(2 * n, 2).Sum(k => p[k] * NormalProbability((y - m[k]) / s[k]));
        double Density(int n) => Enumerable.Range(2 * n, 2).Sum(k => p[k] * Math.Exp(-Square((Targets[n] - m[k]) / s[k]) / 2) / (s[k] * Math.Sqrt(2 * Math.PI)));
        return On(
            new GaussianMixture(Numbers(z, 2, 2), Numbers(m, 2, 2, 1), Numbers(logScales, 2, 2)), Numbers(Targets[..2], 2, 1), means,
            [.. Enumerable.Range(0, 2).Select(n => Enumerable.Range(2 * n, 2).Sum(k => p[k] * ((s[k] * s[k]) + (m[k] * m[k]))) - Square(means[n]))],
            [-Math.Log(Density(0)), -Math.Log(Density(1))],
            (level, n) => Halved(-20, 20, y => Probability(n, y), level));
    }

    private static Setting Counts(double[] z, int limit)
    {
        double[] rates = [.. z.Select(Math.Exp)];
        double[] y = [0, 3, 7, 1];
        double Probability(double rate, int k) => Math.Exp(-rate) * Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * rate / i);
        return On(
            new Poisson(Numbers(z, 2, 2)) { CountLimit = limit }, Numbers(y, 2, 2), rates, rates, Pairs(i => -Math.Log(Probability(rates[i], (int)y[i]))),
            (level, i) =>
            {
                int count = 0;
                for (double below = Probability(rates[i], 0); count < limit && below < level; below += Probability(rates[i], count))
                    count++;
                return count;
            });
    }

    private static Setting On(Distribution distribution, Variable target, double[] mean, double[] variance, double[] nats, Func<double, int, double>? quantile)
    {
        double[] levels = quantile is null ? [] : Levels;
        return new(
            distribution,
            () => [.. Run.Values([distribution.Mean, distribution.Variance, distribution.NegativeLogLikelihood(target), .. levels.Select(distribution.Quantile)]).SelectMany(Run.Numbers)],
            () => [.. mean, .. variance, .. nats, .. levels.SelectMany(level => Enumerable.Range(0, mean.Length).Select(i => quantile!(level, i)))],
            3e-9);
    }

    private static double[] Pairs(Func<int, double> nats) => [nats(0) + nats(1), nats(2) + nats(3)];

    private static double Standard(double level) => Halved(-10, 10, NormalProbability, level);

    /// <summary>Where a rising function reaches a level.</summary>
    private static double Halved(double low, double high, Func<double, double> rising, double level)
    {
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = rising(middle) < level ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static Variable Same(double number, int examples) => Variable.Of(Value.Full(number, DType.Float64, examples, 1));

    private static Variable Numbers(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
