using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>A5.2: boosting is stagewise fitting of exponential loss (Friedman, Hastie, Tibshirani 2000).</summary>
public sealed class BoostingIdentityTests
{
    private const int Count = 80;
    private readonly float[] x = new float[Count * 2];
    private readonly double[] y = new double[Count];

    public BoostingIdentityTests()
    {
        new RandomSource(6).FillUniform(x, -1, 1);
        for (int i = 0; i < Count; i++)
            y[i] = (x[2 * i] * x[2 * i]) + (x[(2 * i) + 1] * x[(2 * i) + 1]) < 0.6 ? 1 : -1;
    }

    /// <summary>A5.2: with F = Σ ½αₜhₜ, the weights of a round are e^(−yF) over their sum, ½α is where the mean of e^(−y(F + βh)) is least over β, that
    /// mean is ∏ 2√(ε(1 − ε)), and bounds the training error.</summary>
    [Fact]
    public void Boosting_is_stagewise_exponential_loss()
    {
        Dataset data = Dataset.FromLabels(x, [2], [.. y.Select(v => v > 0 ? 1L : 0L)], 2);
        var weights = new List<double[]>();
        var learners = new List<(int Column, float At, int Sign)>();
        Boosted boosted = new AdaBoost { Rounds = 12 }.Fit(data, (_, w) =>
        {
            weights.Add([.. w]);
            learners.Add(BestStump(w));
            return Stump(learners[^1]);
        });
        Assert.Equal(12, boosted.Rounds.Count);
        var score = new double[Count];
        double product = 1;
        for (int round = 0; round < boosted.Rounds.Count; round++)
        {
            double[] loss = [.. score.Zip(y, (f, v) => Math.Exp(-v * f))], h = [.. Enumerable.Range(0, Count).Select(i => (double)Predict(learners[round], i))];
            double total = loss.Sum(), half = 0.5 * boosted.Rounds[round].Weight;
            for (int i = 0; i < Count; i++)
                Assert.Equal(loss[i] / total, weights[round][i], 1e-12);
            // The derivative in β at ½α of a convex function.
            Assert.Equal(0.0, Enumerable.Range(0, Count).Sum(i => -y[i] * h[i] * loss[i] * Math.Exp(-y[i] * half * h[i])) / total, 1e-12);
            score = [.. score.Zip(h, (f, v) => f + (half * v))];
            double error = boosted.Rounds[round].Error;
            product *= 2 * Math.Sqrt(error * (1 - error));
            Assert.Equal(product, score.Zip(y, (f, v) => Math.Exp(-v * f)).Average(), 1e-12);
        }

        // The votes of the one model say the same as the sign of F.
        double[] votes = Run.Numbers(boosted.Ensemble.Model.Predict(data));
        for (int i = 0; i < Count; i++)
            Assert.Equal(score[i] > 0, votes[(2 * i) + 1] > votes[2 * i]);
        double wrong = score.Zip(y, (f, v) => f * v <= 0 ? 1.0 : 0.0).Average();
        Assert.InRange(wrong, 0, product);
        Assert.True(product < 0.8, $"bound {product}");
    }

    private int Predict((int Column, float At, int Sign) stump, int i) => x[(2 * i) + stump.Column] > stump.At ? stump.Sign : -stump.Sign;

    private (int Column, float At, int Sign) BestStump(IReadOnlyList<double> weights) => (
        from column in new[] { 0, 1 }
        from at in Enumerable.Range(-9, 19).Select(i => (i / 10f) + 0.03f)
        from sign in new[] { -1, 1 }
        select (column, at, sign)).MinBy(s => Enumerable.Range(0, Count).Sum(i => Predict(s, i) == (int)y[i] ? 0 : weights[i]));

    private static Activation Stump((int Column, float At, int Sign) s) => new(input =>
    {
        Variable side = s.Sign * (input.Slice(1, s.Column, s.Column + 1) - s.At);
        return Ops.Concat(1, -side, side);
    });
}
