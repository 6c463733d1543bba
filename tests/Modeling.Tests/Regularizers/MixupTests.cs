using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Regularizers;

/// <summary>Mixup, and the control experiment of dropout.</summary>
public sealed class MixupTests
{
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7];
    private readonly Parameter weight = DoubleModel.Weight("top.weight", [0.7, -1.1, 0.3, 0.5], 2, 2);

    /// <summary>Beta(α, α) has the mean ½ and the variance 1/(4(2α + 1)).</summary>
    [Theory]
    [InlineData(0.2)]
    [InlineData(1.0)]
    public void Shares_have_the_moments_of_the_beta_distribution(double alpha)
    {
        const int Draws = 500;
        double[] shares = Run.Numbers(Ops.Concat(
            0, [.. Enumerable.Range(0, Draws).Select(i => new Mixup(alpha).Mixture(RandomStream.Of(7, (ulong)i), DType.Float64).Reshape([1]))]));
        double variance = 1 / (4 * ((2 * alpha) + 1));
        Assert.Equal(0.5, shares.Average(), 4 * Math.Sqrt(variance / Draws));
        Assert.Equal(variance, shares.Average(s => (s - 0.5) * (s - 0.5)), 0.02);
    }

    [Fact]
    public void One_example_can_only_be_mixed_with_itself()
    {
        Objective objective = Classifier(null, [0.5, -1.2], 1);
        Assert.Equal(0.0, Run.Number(new Mixup(0.4).Penalty(objective)), 1e-12);
    }

    /// <summary>For two examples the mixed loss lies between four cases that can be computed by hand: here its gradient and value are taken against differences.</summary>
    [Fact]
    public void The_gradient_of_mixup_agrees_with_differences()
    {
        Variable penalty = new Mixup(0.4).Penalty(Classifier(null, X, 0, 1, 1));
        Assert.True(Math.Abs(Run.Number(penalty)) > 1e-3);
        Run.Close(DoubleModel.Differences(penalty, weight), DoubleModel.GradientOf(penalty, weight), 1e-6);
        foreach (double bad in new[] { 0.0, 1.5, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => new Mixup(bad).Penalty(Classifier(null, X, 0, 1, 1)));
    }

    /// <summary>The objective is the loss of the whole ensemble; its gradient is that loss's signal q − p through the masked inputs.</summary>
    [Fact]
    public void Dropout_boosting_sends_the_signal_of_the_ensemble_through_the_subnetwork()
    {
        var dropout = new Dropout(0.5, new RandomSource(2));
        Objective objective = Classifier(dropout, X, 0, 1, 1);
        Variable total = objective.Loss + new DropoutBoosting().Penalty(objective);
        Objective whole = Classifier(null, X, 0, 1, 1);
        Assert.Equal(Run.Number(whole.Loss), Run.Number(total), 1e-14);

        double[] masked = Run.Numbers(objective.HiddenOf("masked")), p = Run.Numbers(whole.Output.Softmax());
        long[] labels = [0, 1, 1];
        var expected = new double[4];
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 4; j++)
                expected[j] += masked[(2 * i) + (j / 2)] * (p[(2 * i) + (j % 2)] - (labels[i] == j % 2 ? 1 : 0)) / 3;
        }

        Run.Close(expected, DoubleModel.GradientOf(total, weight), 1e-12);
        Assert.True(masked.Count(v => v == 0) is > 0 and < 6, "The mask must drop some inputs and keep some.");
    }

    private Objective Classifier(Dropout? dropout, double[] x, params long[] labels)
    {
        var model = new DoubleModel(
            (input, parameters, context) =>
            {
                context.Register("masked", input);
                return input.MatMul(parameters[0]);
            },
            weight);
        return DoubleModel.Objective(dropout is null ? model : new Sequential(dropout, model), new SoftmaxCrossEntropy(), DoubleModel.Tensor(x, labels.Length, 2), Run.Labels(labels));
    }
}
