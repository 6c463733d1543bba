using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Encoders;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using static Toolkit.Modeling.Tests.Components.Given;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Two lines with every augmentation, source of data, initializer and metric.</summary>
internal static class ExampleData
{
    public static Dictionary<string, TwoLines> Augmentations { get; } = new()
    {
        [nameof(ElasticDeformation)] = TwoLines.Of(
            "7.4; Simard, Steinkraus, Platt 2003", () => new ElasticDeformation(Strength: 8, Smoothness: 2), elastic => new AugmentedSource(Images, 1, elastic)),
        [nameof(RandomAffine)] = TwoLines.Of(
            "7.4", () => new RandomAffine { Shift = 1, Rotation = 10, Scale = 0.1, Shear = 0.1 }, affine => new AugmentedSource(Images, 1, affine)),
        [nameof(RandomCrop)] = TwoLines.Of("7.4; Szegedy et al. 2014", () => new RandomCrop(LeastShare: 0.5), crop => new AugmentedSource(Images, 1, crop)),
        [nameof(RandomFlip)] = TwoLines.Of("7.4 (only of classes that it leaves alone)", () => new RandomFlip(0, 1), flip => new AugmentedSource(Images, 1, flip)),
        [nameof(RandomIntensity)] = TwoLines.Of(
            "7.4", () => new RandomIntensity(Contrast: 0.2, Brightness: 0.1), intensity => new AugmentedSource(Images, 1, intensity)),
        [nameof(RandomSaturation)] = TwoLines.Of("7.4", () => new RandomSaturation(0.5), saturation => new AugmentedSource(Coloured, 1, saturation)),
    };

    public static Dictionary<string, TwoLines> Sources { get; } = new()
    {
        [nameof(AugmentedSource)] = TwoLines.Of(
            "7.4", () => new AugmentedSource(Images, 1, new RandomAffine { Shift = 1 }),
            augmented => augmented.Batches(new BatchOptions { Size = 8 }, epoch: 3).First().Features),
        [nameof(BalancedSource)] = TwoLines.Of(
            "8.1.3", () => new BalancedSource(Labelled, seed: 1), balanced => balanced.Batches(new BatchOptions { Size = 8, ShuffleSeed = 2 }).First().Target),
        [nameof(Dataset)] = TwoLines.Of(
            "5.3, 7.8 (held-out examples)", () => Labelled.Split(0.75, new RandomSource(1)), parts => parts.Second.Features.ToArray()),
        [nameof(FeatureScaling)] = TwoLines.Of("12.2.1", () => FeatureScaling.Fit(Labelled), scaling => scaling.Apply(Labelled)),
        [nameof(GeneratedDigits)] = TwoLines.Of("12.2 (drawn, not scanned)", () => GeneratedDigits.Create(10, seed: 1), digits => digits.Take(2)),
        [nameof(GeneratedSource)] = TwoLines.Of(
            "8.1.3, equations 8.7 to 8.9",
            () => new GeneratedSource(DataLayout.Values([1], [1]), 8, random => new Example(new[] { (float)random.NextNormal() }, new[] { 1f }), seed: 1),
            drawn => drawn.Batches(new BatchOptions { Size = 4 }, epoch: 2).First().Features),
        [nameof(PrefetchedSource)] = TwoLines.Of(
            "7.4 and 8.1.3", () => new PrefetchedSource(new AugmentedSource(Images, 1, new RandomAffine { Shift = 1 }) { Threads = 2 }, queue: 2),
            ahead => ahead.Batches(new BatchOptions { Size = 8, ShuffleSeed = 2 }).First().Features),
        [nameof(PrincipalComponents)] = TwoLines.Of(
            "7.6 and 5.8.1", () => PrincipalComponents.Fit(Labelled, count: 2, whiten: true),
            components => new Sequential(components.ToModule(), new Dense(2, 3, new RandomSource(1)))),
        [nameof(RandomSource)] = TwoLines.Of("8.4; Salmon et al. 2011 (Philox)", () => new RandomSource(seed: 1), random => random.Fork("weights").NextNormal()),
        [nameof(SampledSource)] = TwoLines.Of(
            "8.1.3", () => new SampledSource(Labelled, Sampling.WithReplacement, seed: 1), sampled => sampled.Batches(new BatchOptions { Size = 8 }).First().Target),
        [nameof(StreamSource)] = TwoLines.Of(
            "8.1.3, equations 8.7 to 8.9 (each example seen once)",
            () => new StreamSource(DataLayout.Values([1], [1]), () => Enumerable.Range(0, 10).Select(i => new Example(new float[] { i }, new float[] { -i }))),
            stream => stream.Batches(new BatchOptions { Size = 4, ShuffleSeed = 1 }).First().Features),
    };

    public static Dictionary<string, TwoLines> Initializers { get; } = new()
    {
        [nameof(Constant)] = TwoLines.Of(
            "6.3.1 (0.1 for biases of rectifiers)", () => new Constant(0.1),
            small => new Sequential(new Dense(4, 6, new RandomSource(1)) { BiasInitializer = small }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(GlorotNormal)] = TwoLines.Of(
            "8.4, equation 8.23 with its variance", () => new GlorotNormal(),
            initial => new Sequential(new Dense(4, 6, new RandomSource(1)) { WeightInitializer = initial }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(GlorotUniform)] = TwoLines.Of(
            "8.4, equation 8.23", () => new GlorotUniform(),
            initial => new Sequential(new Dense(4, 6, new RandomSource(1)) { WeightInitializer = initial }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(HeNormal)] = TwoLines.Of(
            "8.4; He et al. 2015", () => new HeNormal(),
            initial => new Sequential(new Dense(4, 6, new RandomSource(1)) { WeightInitializer = initial }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(HeUniform)] = TwoLines.Of(
            "8.4; He et al. 2015", () => new HeUniform(),
            initial => new Sequential(new Dense(4, 6, new RandomSource(1)) { WeightInitializer = initial }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Normal)] = TwoLines.Of(
            "8.4", () => new Normal(0.01),
            initial => new Sequential(new Dense(4, 6, new RandomSource(1)) { WeightInitializer = initial }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Orthogonal)] = TwoLines.Of(
            "8.4; Saxe et al. 2014", () => new Orthogonal(Gain: 1.4),
            initial => new Sequential(new Dense(4, 6, new RandomSource(1)) { WeightInitializer = initial }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Uniform)] = TwoLines.Of(
            "8.4", () => new Uniform(-0.05, 0.05),
            initial => new Sequential(new Dense(4, 6, new RandomSource(1)) { WeightInitializer = initial }, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Zeros)] = TwoLines.Of(
            "8.4 (biases)", () => new Zeros(),
            zeros => new Sequential(new Dense(4, 6, new RandomSource(1)) { BiasInitializer = zeros }, new Dense(6, 3, new RandomSource(2)))),
    };

    public static Dictionary<string, TwoLines> Metrics { get; } = new()
    {
        [nameof(Accuracy)] = TwoLines.Of(
            "5.1.2", () => new Accuracy(),
            accuracy => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [accuracy] }),
        [nameof(AdversarialAccuracy)] = TwoLines.Of(
            "7.13", () => new AdversarialAccuracy(new SoftmaxCrossEntropy(), Epsilon: 0.1),
            attacked => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [attacked] }),
        [nameof(AreaUnderCurve)] = TwoLines.Of(
            "Hanley, McNeil 1982", () => new AreaUnderCurve { Class = 1 },
            area => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [area] }),
        [nameof(CalibrationError)] = TwoLines.Of(
            "Guo et al. 2017", () => new CalibrationError { Bins = 10 },
            calibration => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [calibration] }),
        [nameof(ConfusionMatrix)] = TwoLines.Of(
            "Cohen 1960", () => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [new ConfusionMatrix()] }.Evaluate(Labelled),
            evaluation => ConfusionMatrix.Counts(evaluation.Observed["confusion matrix"])[0]),
        [nameof(LogLoss)] = TwoLines.Of(
            "5.5, equation 5.59", () => new LogLoss(),
            nats => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy { Smoothing = 0.1 }, Optimizer = new Adam(), Metrics = [nats] }),
        [nameof(Precision)] = TwoLines.Of(
            "11.1", () => new Precision { Class = 2 },
            precision => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [precision] }),
        [nameof(Recall)] = TwoLines.Of(
            "11.1", () => new Recall { Micro = true },
            recall => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [recall] }),
        [nameof(F1)] = TwoLines.Of(
            "11.1; van Rijsbergen 1979", () => new F1 { Class = 2 },
            rare => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [rare] }),
        [nameof(MeanAbsoluteError)] = TwoLines.On(
            Measured, "6.2.1.2, equation 6.16", () => new MeanAbsoluteError(),
            error => new Trainer { Model = Network(2), Loss = new MeanSquaredError(), Optimizer = new Adam(), Metrics = [error] }),
        [nameof(RootMeanSquareError)] = TwoLines.On(
            Measured, "5.1.4", () => new RootMeanSquareError(),
            error => new Trainer { Model = Network(2), Loss = new MeanSquaredError(), Optimizer = new Adam(), Metrics = [error] }),
        [nameof(ExplainedVariance)] = TwoLines.On(
            Measured, "5.1.4; the coefficient of determination", () => new ExplainedVariance(),
            share => new Trainer { Model = Network(2), Loss = new MeanSquaredError(), Optimizer = new Adam(), Metrics = [share] }),
        [nameof(TopK)] = TwoLines.Of(
            "5.1.2; Krizhevsky, Sutskever, Hinton 2012", () => new TopK(2),
            two => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Metrics = [two] }),
    };
}
