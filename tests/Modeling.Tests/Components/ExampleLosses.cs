using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using static Toolkit.Modeling.Tests.Components.Given;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Two lines with every loss and every distribution.</summary>
internal static class ExampleLosses
{
    public static Dictionary<string, TwoLines> Rows { get; } = new()
    {
        [nameof(BinaryCrossEntropy)] = TwoLines.On(
            Measured, "6.2.2.2, equations 6.25 and 6.26", () => new BinaryCrossEntropy(),
            loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(ClassWeighted)] = TwoLines.Of(
            "8.1.1 (a weighted mean over examples)", () => new ClassWeighted(new SoftmaxCrossEntropy(), 1, 2, 0.5),
            loss => new Trainer { Model = Network(3), Loss = loss, Optimizer = new Adam() }),
        [nameof(FullCovarianceGaussian)] = TwoLines.On(
            Measured, "6.2.2.4 (covariance BBᵀ)", () => new FullCovarianceGaussian(Outputs: 2),
            loss => new Trainer { Model = Network(loss.Predictions), Loss = loss, Optimizer = new Adam() }),
        [nameof(GaussianLikelihood)] = TwoLines.On(
            Measured, "6.2.2.1, equation 6.17", () => new GaussianLikelihood { Variance = 0.1 },
            loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(GenerativeDiscriminative)] = TwoLines.On(
            HalfLabelled, "7.6; Lasserre, Bishop, Minka 2006", () => new GenerativeDiscriminative(0.1),
            loss => new Trainer { Model = new MixtureClassifier(4, 3, 1, new RandomSource(1)), Loss = loss, Optimizer = new Adam() }),
        [nameof(HeteroscedasticGaussian)] = TwoLines.On(
            Measured, "6.2.2.4 (heteroscedastic)", () => new HeteroscedasticGaussian { Outputs = 2, Precision = true },
            loss => new Trainer { Model = Network(4), Loss = loss, Optimizer = new Adam() }),
        [nameof(Huber)] = TwoLines.On(
            Measured, "6.2.1.2; Huber 1964", () => new Huber(0.5), loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(LabelledOnly)] = TwoLines.On(
            HalfLabelled, "7.6", () => new LabelledOnly(new SoftmaxCrossEntropy()), loss => new Trainer { Model = Network(3), Loss = loss, Optimizer = new Adam() }),
        [nameof(LaplaceLikelihood)] = TwoLines.On(
            Measured, "6.2.1.2, equation 6.16", () => new LaplaceLikelihood { Scale = 0.2 },
            loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(MeanSquaredError)] = TwoLines.On(
            Measured, "6.2.1.2, equation 6.14", () => new MeanSquaredError(), loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(MixtureDensity)] = TwoLines.On(
            Measured, "6.2.2.4, equation 6.35", () => new MixtureDensity(Components: 3, Outputs: 2),
            loss => new Trainer { Model = Network(loss.Predictions), Loss = loss, Optimizer = new ClipByNorm(1, new Adam()) }),
        [nameof(MultiTask)] = TwoLines.On(
            TwoTargets, "7.7", () => new MultiTask(new LearningTask("first", new MeanSquaredError()), new LearningTask("second", new LaplaceLikelihood(), Weight: 0.5)),
            loss => new Trainer { Model = TwoHeads, Loss = loss, Optimizer = new Adam() }),
        [nameof(PoissonLikelihood)] = TwoLines.On(
            Counted, "6.2.2.4", () => new PoissonLikelihood(), loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(QuantileLoss)] = TwoLines.On(
            Measured, "6.2.1.2, equation 6.16 for other quantiles", () => new QuantileLoss(0.9),
            loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(SequenceLoss)] = TwoLines.On(
            Measured, "6.2.1; 10.2.2, equation 10.14", () => new SequenceLoss(new MeanSquaredError()) { Weights = [1, 3] },
            loss => new Trainer { Model = new Sequential(Network(2), new Reshape(2, 1)), Loss = loss, Optimizer = new Adam() }),
        [nameof(SumOfLosses)] = TwoLines.On(
            Measured, "7.7", () => new MeanSquaredError() + (0.5 * new Huber()), loss => new Trainer { Model = Network(2), Loss = loss, Optimizer = new Adam() }),
        [nameof(SoftmaxCrossEntropy)] = TwoLines.Of(
            "6.2.2.3, equation 6.30; smoothing 7.5.1", () => new SoftmaxCrossEntropy { Smoothing = 0.1, SmoothingForm = SmoothingForm.OtherClasses },
            loss => new Trainer { Model = Network(3), Loss = loss, Optimizer = new Adam() }),
    };

    public static Dictionary<string, TwoLines> Distributions { get; } = new()
    {
        [nameof(Bernoulli)] = TwoLines.Of(
            "6.2.2.2, equation 6.20", () => new Bernoulli(Constant(2, 1, 0.5f, -2)), coin => coin.NegativeLogLikelihood(Constant(2, 1, 1, 0))),
        [nameof(Categorical)] = TwoLines.Of("6.2.2.3, equation 6.29", () => new Categorical(Constant(1, 3, 0.5f, -2, 1)), classes => classes.Mean),
        [nameof(CovarianceGaussian)] = TwoLines.Of(
            "6.2.2.4 (covariance BBᵀ)", () => (CovarianceGaussian)new FullCovarianceGaussian(2).Of(Constant(1, 5, 0, 1, 2, -1, 0.5f)), pair => pair.Sample(RandomStream.Of(1))),
        [nameof(Gaussian)] = TwoLines.Of(
            "6.2.2.1 and 6.2.2.4", () => Gaussian.OfPrecision(Constant(2, 1, 0, 1), Constant(2, 1, 4, 0.25f)), normal => normal.Quantile(0.95)),
        [nameof(GaussianMixture)] = TwoLines.Of(
            "6.2.2.4, equation 6.35", () => (GaussianMixture)new MixtureDensity(2, 1).Of(Constant(1, 6, 0, 1, -2, 2, 0, -1)), mixture => mixture.Modes),
        [nameof(Laplace)] = TwoLines.Of("6.2.1.2, equation 6.16", () => new Laplace(Constant(2, 1, 0, 1), Constant(2, 1, 1, 0.5f)), laplace => laplace.Variance),
        [nameof(Poisson)] = TwoLines.Of("6.2.2.4", () => new Poisson(Constant(2, 1, 0, 1.5f)) { CountLimit = 30 }, counts => counts.Quantile(0.9)),
    };
}
