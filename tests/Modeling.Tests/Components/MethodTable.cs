using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Distances;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Encoders;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Manifolds;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;
using static Toolkit.Modeling.Tests.Components.Given;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What is neither module nor loss, regularizer, constraint, optimizer or schedule, with its wrong settings.</summary>
internal static class MethodTable
{
    public static Dictionary<string, Case> Rows { get; } = new()
    {
        [nameof(Constant)] = new(() => new Constant(0.1), Case.Numbers(v => new Constant(v))),
        [nameof(GlorotNormal)] = new(() => new GlorotNormal()),
        [nameof(GlorotUniform)] = new(() => new GlorotUniform()),
        [nameof(HeNormal)] = new(() => new HeNormal()),
        [nameof(HeUniform)] = new(() => new HeUniform()),
        [nameof(Normal)] = new(() => new Normal(0.1), Case.Numbers(v => new Normal(v), -1), Case.Numbers(v => new Normal(1, v))),
        [nameof(Orthogonal)] = new(() => new Orthogonal(), Case.Numbers(v => new Orthogonal(v), 0, -1), [() => new Orthogonal().Create([3], new Fan(3, 1), new RandomSource(1))]),
        [nameof(Uniform)] = new(() => new Uniform(-1, 1), Case.Numbers(v => new Uniform(v, 1), 2), Case.Numbers(v => new Uniform(-1, v), -2)),
        [nameof(Zeros)] = new(() => new Zeros()),

        [nameof(Accuracy)] = new(
            () => new Accuracy(), [() => new Accuracy().PerExample(Constant(2, 3, new float[6]), Constant(2, 3, new float[6]))]),
        [nameof(AdversarialAccuracy)] = new(
            () => new AdversarialAccuracy(new SoftmaxCrossEntropy(), 0.1), Case.Numbers(v => new AdversarialAccuracy(new SoftmaxCrossEntropy(), v), -1)),
        [nameof(AreaUnderCurve)] = new(
            () => new AreaUnderCurve(),
            [() => new AreaUnderCurve { Class = -1 }],
            [() => new AreaUnderCurve { Class = 3 }.Observe(Constant(2, 3, new float[6]), Run.Labels(0, 1), null)],
            [() => new AreaUnderCurve().Observe(Constant(2, 1, 0, 0), Constant(2, 1, 0, 0), null)]),
        [nameof(CalibrationError)] = new(
            () => new CalibrationError(),
            Case.Counts(v => new CalibrationError { Bins = v }),
            [() => new CalibrationError().Observe(Constant(2, 1, 0, 0), Constant(2, 1, 0, 0), null)],
            [() => new CalibrationError().Observe(Constant(2, 3, new float[6]), Constant(2, 1, 0, 0), null)]),
        [nameof(ConfusionMatrix)] = new(() => new ConfusionMatrix(), [() => new ConfusionMatrix().Observe(Constant(2, 3, new float[6]), Constant(2, 1, 0, 0), null)]),
        [nameof(LogLoss)] = new(() => new LogLoss(), [() => new LogLoss().PerExample(Constant(2, 3, new float[6]), Constant(2, 1, 0, 0))]),
        [nameof(Precision)] = new(() => new Precision(), [() => new Precision { Class = -1 }]),
        [nameof(Recall)] = new(() => new Recall(), [() => new Recall { Class = -1 }]),
        [nameof(F1)] = new(
            () => new F1(),
            [() => new F1 { Class = -1 }],
            [() => new F1 { Class = 3 }.Observe(Constant(2, 3, new float[6]), Run.Labels(0, 1), null)]),
        [nameof(MeanAbsoluteError)] = new(
            () => new MeanAbsoluteError(), [() => new MeanAbsoluteError().PerExample(Constant(2, 3, new float[6]), Constant(2, 2, new float[4]))]),
        [nameof(RootMeanSquareError)] = new(
            () => new RootMeanSquareError(), [() => new RootMeanSquareError().Observe(Constant(2, 3, new float[6]), Constant(2, 2, new float[4]), null)]),
        [nameof(ExplainedVariance)] = new(
            () => new ExplainedVariance(), [() => new ExplainedVariance().Observe(Constant(2, 3, new float[6]), Run.Labels(0, 1), null)]),
        [nameof(TopK)] = new(() => new TopK(2), Case.Counts(v => new TopK(v))),

        [nameof(ElasticDeformation)] = new(
            () => new ElasticDeformation(8, 2), Case.Numbers(v => new ElasticDeformation(v, 2), -1), Case.Numbers(v => new ElasticDeformation(8, v), 0, -1)),
        [nameof(RandomAffine)] = new(
            () => new RandomAffine(),
            Case.Numbers(v => new RandomAffine { Shift = v }, -1),
            Case.Numbers(v => new RandomAffine { Rotation = v }, -1),
            Case.Numbers(v => new RandomAffine { Scale = v }, -0.1, 1),
            Case.Numbers(v => new RandomAffine { Shear = v }, -1)),
        [nameof(RandomCrop)] = new(() => new RandomCrop(0.5), Case.Numbers(v => new RandomCrop(v), 0, -1, 1.1)),
        [nameof(RandomFlip)] = new(() => new RandomFlip(1), [() => new RandomFlip()], [() => new AugmentedSource(Images, 1, new RandomFlip(3))]),
        [nameof(RandomIntensity)] = new(
            () => new RandomIntensity(0.1, 0.1), Case.Numbers(v => new RandomIntensity(v, 0.1), -1), Case.Numbers(v => new RandomIntensity(0.1, v), -1)),
        [nameof(RandomSaturation)] = new(
            () => new RandomSaturation(0.5), Case.Numbers(v => new RandomSaturation(v), -1), [() => new AugmentedSource(Images, 1, new RandomSaturation(0.5))]),

        [nameof(AugmentedSource)] = new(
            () => new AugmentedSource(Images, 1, new RandomAffine()),
            [() => new AugmentedSource(Images, 1)], [() => new AugmentedSource(Labelled, 1, new RandomAffine())]),
        [nameof(BalancedSource)] = new(() => new BalancedSource(Labelled), [() => new BalancedSource(Measured)]),
        [nameof(Dataset)] = new(
            () => Labelled,
            Case.Numbers(v => Labelled.Split(v, new RandomSource(1)), 0, 1),
            [() => Labelled.Take(49), () => Labelled.Take(0)],
            [() => Labelled.Skip(48)],
            [() => Dataset.FromLabels([1, 2], [2], [3], 3)],
            [() => Dataset.FromLabels([1, float.NaN], [2], [0], 3)]),
        [nameof(FeatureScaling)] = new(() => FeatureScaling.Fit(Labelled), [() => FeatureScaling.Fit(Labelled).Apply(Images)]),
        [nameof(GeneratedDigits)] = new(null, Case.Counts(v => GeneratedDigits.Create(v, 1))),
        [nameof(GeneratedSource)] = new(
            () => new GeneratedSource(DataLayout.Labels([1], 2), 1, _ => new Example(new float[1], 0)),
            Case.Counts(v => new GeneratedSource(DataLayout.Labels([1], 2), v, _ => new Example(new float[1], 0)))),
        [nameof(PrefetchedSource)] = new(() => new PrefetchedSource(Labelled), Case.Counts(v => new PrefetchedSource(Labelled, v))),
        [nameof(PrincipalComponents)] = new(
            () => PrincipalComponents.Fit(Labelled, 2),
            Case.Counts(v => PrincipalComponents.Fit(Labelled, v)),
            [() => PrincipalComponents.Fit(Labelled, 5)],
            Case.Numbers(v => PrincipalComponents.Fit(Labelled, 2, true, v), 0, -1),
            [() => PrincipalComponents.Fit(Labelled, 2).Apply(Images)],
            [() => PrincipalComponents.Fit(Labelled, 2).Restore([1])]),
        [nameof(SampledSource)] = new(() => new SampledSource(Labelled, Sampling.FixedOrder)),
        [nameof(RandomSource)] = new(() => new RandomSource(1), Case.Counts(v => new RandomSource(1).NextInt32(v))),
        [nameof(StreamSource)] = new(
            () => new StreamSource(DataLayout.Values([1], [1]), () => []),
            Case.Counts(v => new StreamSource(DataLayout.Values([1], [1]), () => []) { ShuffleBuffer = v }),
            [() => new StreamSource(DataLayout.Values([2], [1]), () => [new Example(new float[1], new float[1])]).Batches(new BatchOptions()).Count()],
            Case.Counts(v => new BatchOptions { Size = v })),

        [nameof(Bernoulli)] = new(
            () => new Bernoulli(Constant(1, 1, 0)),
            Case.Numbers(v => new Bernoulli(Constant(1, 1, 0)).Quantile(v), 0, 1),
            [() => new Bernoulli(Constant(1, 1, 0)).NegativeLogLikelihood(Constant(2, 1, 0, 0))]),
        [nameof(Categorical)] = new(
            () => new Categorical(Constant(1, 2, 0, 0)), [() => new Categorical(Constant(1, 2, 0, 0)).NegativeLogLikelihood(Constant(1, 2, 0, 0))]),
        [nameof(CovarianceGaussian)] = new(
            () => new FullCovarianceGaussian(2).Of(Constant(1, 5, new float[5])),
            Case.Numbers(v => new FullCovarianceGaussian(2).Of(Constant(1, 5, new float[5])).Quantile(v), 0, 1),
            [() => new FullCovarianceGaussian(2).Of(Constant(1, 5, new float[5])).NegativeLogLikelihood(Constant(1, 1, 0))]),
        [nameof(Gaussian)] = new(
            () => new Gaussian(Constant(1, 1, 0), Constant(1, 1, 1)),
            Case.Numbers(v => new Gaussian(Constant(1, 1, 0), Constant(1, 1, 1)).Quantile(v), 0, 1),
            [() => new Gaussian(Constant(1, 1, 0), Constant(1, 1, 1)).NegativeLogLikelihood(Constant(1, 2, 0, 0))]),
        [nameof(GaussianMixture)] = new(
            () => new MixtureDensity(2, 1).Of(Constant(1, 6, new float[6])),
            Case.Numbers(v => new MixtureDensity(2, 1).Of(Constant(1, 6, new float[6])).Quantile(v), 0, 1),
            [() => new MixtureDensity(2, 1).Of(Constant(1, 6, new float[6])).NegativeLogLikelihood(Constant(1, 2, 0, 0))]),
        [nameof(Laplace)] = new(
            () => new Laplace(Constant(1, 1, 0), Constant(1, 1, 1)),
            Case.Numbers(v => new Laplace(Constant(1, 1, 0), Constant(1, 1, 1)).Quantile(v), 0, 1),
            [() => new Laplace(Constant(1, 1, 0), Constant(1, 1, 1)).NegativeLogLikelihood(Constant(1, 2, 0, 0))]),
        [nameof(Poisson)] = new(
            () => new Poisson(Constant(1, 1, 0)),
            Case.Counts(v => new Poisson(Constant(1, 1, 0)) { CountLimit = v }),
            Case.Numbers(v => new Poisson(Constant(1, 1, 0)).Quantile(v), 0, 1),
            [() => new Poisson(Constant(1, 1, 0)).NegativeLogLikelihood(Constant(1, 2, 0, 0))]),

        [nameof(AdaBoost)] = new(
            () => new AdaBoost(), Case.Counts(v => new AdaBoost { Rounds = v }), [() => new AdaBoost().Fit(Measured, Learner)]),
        [nameof(Bagging)] = new(
            () => new Bagging { Create = Learner },
            Case.Counts(v => new Bagging { Create = Learner, Members = v }),
            [() => new Bagging { Create = Learner }.Fit(Labelled, new() { CheckpointPath = "x" })]),
        [nameof(Bootstrap)] = new(null),
        [nameof(DictionaryLearning)] = new(
            () => new DictionaryLearning(4),
            Case.Counts(v => new DictionaryLearning(v)),
            Case.Counts(v => new DictionaryLearning(4) { NonZeros = v }),
            Case.Numbers(v => new DictionaryLearning(4) { Strength = v }, 0, -1),
            Case.Counts(v => new DictionaryLearning(4) { Iterations = v }),
            [() => new DictionaryLearning(6) { NonZeros = 5 }.Fit(Labelled)],
            [() => new DictionaryLearning(49).Fit(Labelled)],
            [() => new DictionaryLearning(4) { Iterations = 1 }.Fit(Labelled).Encode(Images)]),
        [nameof(ManifoldTangents)] = new(
            null,
            Case.Counts(v => ManifoldTangents.Of(Network(3), Labelled, v)),
            [() => ManifoldTangents.Of(Network(3), Labelled, 5)],
            [() => ManifoldTangents.Of(Network(3), Labelled, 1, extra: -1)],
            Case.Counts(v => ManifoldTangents.Of(Network(3), Labelled, 1, rounds: v))),
        [nameof(TangentData)] = new(
            null, [() => TangentData.Attach(Images, ManifoldTangents.Of(Network(3), Labelled, 1))]),
        [nameof(ManifoldTangentClassifier)] = new(
            () => Manifold(),
            Case.Numbers(v => Manifold() with { Contraction = v }, -1),
            [() => Manifold() with { Projections = -1 }],
            Case.Counts(v => Manifold() with { Tangents = v }),
            Case.Numbers(v => Manifold() with { TangentStrength = v }, -1),
            [() => Manifold().Fit(Labelled, Labelled, fineTuning: new() { Validation = Labelled })]),
        [nameof(OrthogonalMatchingPursuit)] = new(
            () => new OrthogonalMatchingPursuit([1, 0, 0, 1], 2),
            [() => new OrthogonalMatchingPursuit([1, 0, 0], 2)],
            [() => new OrthogonalMatchingPursuit([1, 0, 0, 1], 2).Encode([1.0, 2], 3), () => new OrthogonalMatchingPursuit([1, 0, 0, 1], 2).Encode([1.0, 2], 0)]),
        [nameof(SparseCoding)] = new(
            () => new SparseCoding(1),
            Case.Numbers(v => new SparseCoding(v), 0, -1),
            Case.Counts(v => new SparseCoding(1) { Iterations = v }),
            Case.Numbers(v => new SparseCoding(1) { Tolerance = v }, -1),
            [() => new SparseCoding(1).Encode([1.0, 2, 3], [1.0, 2])]),
        [nameof(ImageTangents)] = new(
            null, [() => ImageTangents.Of([1.0], new ImageSize(1, 2, 2), 0)], Case.Numbers(v => ImageTangents.Of(new double[4], new ImageSize(1, 2, 2), v), -1)),
        [nameof(TangentDistance)] = new(
            () => new TangentDistance(), Case.Numbers(v => new TangentDistance { Ridge = v }, -1), [() => new TangentDistance().OneSided([1, 2], [1, 2, 3], [])],
            [() => new TangentDistance().OneSided([1, 2], [1, 2], [[1]])]),
        [nameof(LassoPath)] = new(null, Case.Counts(v => LassoPath.Of([1.0], v, [1.0])), [() => LassoPath.Of([1.0, 2], 1, [1.0])]),
        [nameof(LinearLeastSquares)] = new(
            () => new LinearLeastSquares([1, 2], 1),
            Case.Counts(v => new LinearLeastSquares([1, 2], v)),
            [() => new LinearLeastSquares([1, 2, 3], 2)],
            Case.Numbers(v => new LinearLeastSquares([v, 2], 1)),
            Case.Numbers(v => new LinearLeastSquares([1, 2], 1).Ridge([1, 2], v), 0, -1),
            [() => new LinearLeastSquares([1, 2], 1).Ridge([1], 1)],
            Case.Numbers(v => new LinearLeastSquares([1, 2], 1).StrengthFor(v), 0, 1)),
        [nameof(MatrixChain)] = new(
            null, [() => MatrixChain.LeastCost(3)], Case.Counts(v => MatrixChain.LeastCost(3, v)), [() => MatrixChain.Multiply(Constant(1, 2, 0, 0), Constant(2, 1, 0, 0).Reshape([2]))]),
        [nameof(Diagnosis)] = new(
            null,
            Case.Numbers(v => new DiagnosisOptions { LearningRate = v }, 0, -1),
            Case.Counts(v => new DiagnosisOptions { LanczosSteps = v }),
            Case.Numbers(v => new DiagnosisOptions { SmallGradient = v }, 0, -1),
            Case.Numbers(v => new DiagnosisOptions { SmallSpread = v }, -1),
            Case.Counts(v => new DiagnosisOptions { Points = v }),
            Case.Numbers(v => new DiagnosisOptions { LargeUpdate = v }, 0, -1),
            Case.Numbers(v => new DiagnosisOptions { SmallUpdate = v }, 0, -1)),
        [nameof(RunRecorder)] = new(
            () => new RunRecorder(Learner(new RandomSource(1)), Labelled), Case.Counts(v => new RunRecorder(Learner(new RandomSource(1)), Labelled, v))),
        [nameof(WeightSymmetry)] = new(null, Case.Numbers(v => Scaled(v), 0, -1)),
        [nameof(Lanczos)] = new(
            null, Case.Counts(v => Lanczos.Eigenpairs(x => x, v, 1, new RandomSource(1))), Case.Counts(v => Lanczos.Eigenpairs(x => x, 1, v, new RandomSource(1))),
            Case.Counts(v => Lanczos.Spectrum(x => x, 1, 1, v, new RandomSource(1))), Case.Numbers(v => Lanczos.Spectrum(x => x, 1, 1, 1, new RandomSource(1)).Density(0, v), 0, -1)),
        [nameof(LearningRateFinder)] = new(
            () => new LearningRateFinder(), Case.Numbers(v => new LearningRateFinder { First = v }, 0, -1), Case.Numbers(v => new LearningRateFinder { Last = v }, 0, -1),
            Case.Counts(v => new LearningRateFinder { Steps = v }), Case.Counts(v => new LearningRateFinder { BatchSize = v }),
            Case.Numbers(v => new LearningRateFinder { Smoothing = v }, -0.1, 1), Case.Numbers(v => new LearningRateFinder { Divergence = v }, 1, 0)),
        [nameof(LinearRegions)] = new(
            null, Case.Counts(v => LinearRegions.AlongLine(Network(3), new float[4], new float[4], v)), [() => LinearRegions.AlongLine(Network(3), new float[3], new float[4])],
            [() => LinearRegions.InPlane(Network(3), new float[3], new float[4], new float[4])]),
        [nameof(LossLine)] = new(
            null, Case.Counts(v => LossLine.Between(Valley(), [0, 0], [1, 1], v)), [() => LossLine.Between(Valley(), [0, 0], [1, 1, 1], 2)]),
        [nameof(ConjugateGradient)] = new(null, Case.Numbers(v => ConjugateGradient.Solve(x => x, [1.0], 1, 0.1, v), -1)),
        [nameof(ScalarFunction)] = new(() => Valley(), [() => Valley().HessianProduct([1.0])]),
        [nameof(EarlyStopping)] = new(
            () => new EarlyStopping(),
            Case.Counts(v => new EarlyStopping { Patience = v }),
            Case.Numbers(v => new EarlyStopping { MinimumImprovement = v }, -1)),
        [nameof(FitOptions)] = new(
            () => new FitOptions(),
            Case.Counts(v => new FitOptions { Epochs = v }),
            Case.Counts(v => new FitOptions { BatchSize = v }),
            Case.Counts(v => new FitOptions { ValidationBatchSize = v }),
            [() => new FitOptions { ProgressSteps = -1 }]),
        [nameof(ModelEnsemble)] = new(
            () => new ModelEnsemble([TwoHeads]),
            [() => new ModelEnsemble([]), () => new ModelEnsemble([TwoHeads], [0.5, 0.5])],
            [() => new ModelEnsemble([TwoHeads, Network(3)]).Predict(TwoTargets)],
            Case.Numbers(v => new ModelEnsemble([TwoHeads], [v]))),
        [nameof(Heads)] = new(
            () => TwoHeads,
            [() => new Heads(Network(6))],
            [() => new Heads(Network(6), ("a", new Dense(6, 1, new RandomSource(1))), ("a", new Dense(6, 1, new RandomSource(1))))]),
        [nameof(FunctionalModel)] = new(
            () => new FunctionalModel([], (x, _) => x["input"])),
        [nameof(ComputationModel)] = new(
            () => new ComputationModel(new Dense(2, 3, new RandomSource(1)).Inference), [() => new ComputationModel(new Autograd.Graph.Signature([], []))]),
        [nameof(Predictor)] = new(() => new Predictor(Network(3), [4]), [() => new Predictor(Network(3), [4]).Predict(Images)]),
        [nameof(Retraining)] = new(
            null, Case.Counts(v => Retraining.Continue(Learner(new RandomSource(1)), Labelled, Labelled, Labelled, v)),
            [() => Retraining.FromScratch(Same(), Labelled, Labelled, Labelled, new() { Epochs = 1 })]),
        [nameof(Trainer)] = new(
            () => Learner(new RandomSource(1)),
            [() => new Trainer { Model = Network(3), Loss = new MeanSquaredError(), Optimizer = new Adam() }.Fit(Labelled)],
            [() => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() }.Fit(Measured)],
            [() => new Trainer { Model = Network(3), Loss = new MeanSquaredError(), Optimizer = new Adam() }.Fit(Measured)],
            [() => Learner(new RandomSource(1)).Fit(Images)],
            [() => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() }.Fit(HalfLabelled)],
            [() => Learner(new RandomSource(1)).Fit(Labelled, new() { Validation = new BalancedSource(Labelled) })],
            [() => new Trainer { Model = Network(2), Loss = new MeanSquaredError(), Optimizer = new Adam(), Regularizers = [new Mixup(0.4)] }.Fit(Measured)],
            [() => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [new Mixup(0.4), new WeightNoise(0.1)] }.Fit(Labelled)],
            [() => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Constraints = [new L2Ball(1), new L2Ball(2)] }.Fit(Labelled)],
            Case.Counts(v => Learner(new RandomSource(1)).Diagnose(Labelled, examples: v))),
    };

    private static ManifoldTangentClassifier Manifold() => new()
    {
        Autoencoder = random => new Autoencoder(new Dense(4, 3, random), new Dense(3, 4, random)),
        Top = random => new Dense(3, 3, random),
    };

    /// <summary>A network whose hidden units are scaled.</summary>
    private static Sequential Scaled(double factor)
    {
        Sequential network = Network(3);
        (Dense first, Dense second) = WeightSymmetry.Pairs(network)[0];
        WeightSymmetry.Scale(first, second, factor);
        return network;
    }

    /// <summary>Gives one trainer again and again.</summary>
    private static Func<Trainer> Same()
    {
        Trainer one = Learner(new RandomSource(1));
        return () => one;
    }
}
