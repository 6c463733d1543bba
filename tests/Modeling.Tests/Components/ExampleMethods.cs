using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Distances;
using Toolkit.Modeling.Encoders;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Manifolds;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using static Toolkit.Modeling.Tests.Components.Given;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Two lines with every encoder, ensemble, solver, distance and diagnosis, and with what trains and serves.</summary>
internal static class ExampleMethods
{
    public static Dictionary<string, TwoLines> Rows { get; } = new()
    {
        [nameof(AdaBoost)] = TwoLines.Of(
            "7.11; Freund, Schapire 1996", () => new AdaBoost { Rounds = 3, Seed = 1 },
            boosting => boosting.Fit(Labelled, Learner, new FitOptions { Epochs = 20, BatchSize = 16 }).Ensemble.Model.Predict(Labelled)),
        [nameof(Bagging)] = TwoLines.Of(
            "7.11, equations 7.50 and 7.51; Breiman 1994", () => new Bagging { Create = Learner, Members = 3, MemberOutput = z => z.Softmax(), Seed = 1 },
            bagging => bagging.Fit(Labelled, new FitOptions { Epochs = 2, BatchSize = 16 }).Model.Predict(Labelled)),
        [nameof(Bootstrap)] = TwoLines.Of("7.11, figure 7.5", () => new RandomSource(1), random => Bootstrap.Sample(Labelled, random)),
        [nameof(DictionaryLearning)] = TwoLines.Of(
            "7.10, equations 7.47 and 7.49; Aharon, Elad, Bruckstein 2006", () => new DictionaryLearning(Atoms: 6) { NonZeros = 2, Iterations = 5, Seed = 1 },
            learning => learning.Fit(Labelled).Encode(Labelled)),
        [nameof(OrthogonalMatchingPursuit)] = TwoLines.Of(
            "7.10, equation 7.49; Pati, Rezaiifar, Krishnaprasad 1993", () => new OrthogonalMatchingPursuit([1, 0, 0, 1, 0.6, 0.8], length: 2),
            pursuit => pursuit.Encode([3.0, 4.0], nonZeros: 1)),
        [nameof(SparseCoding)] = TwoLines.Of(
            "7.10, equation 7.48; Beck, Teboulle 2009", () => new SparseCoding(0.5), coding => coding.Encode([1, 0, 0, 1, 0.6, 0.8], [3.0, 4.0])),
        [nameof(ImageTangents)] = TwoLines.Of(
            "7.14; Simard et al. 1998", () => new ImageSize(1, 2, 2), size => ImageTangents.Of([0, 0.5, 1, 0.25], size, smoothing: 0)[0]),
        [nameof(TangentDistance)] = TwoLines.Of(
            "7.14; Simard, LeCun, Denker 1993", () => new TangentDistance { Ridge = 1e-3 }, distance => distance.OneSided([1, 2, 3], [1, 1, 0], [[0, 1, 2.5]])),
        [nameof(ManifoldTangents)] = TwoLines.Of(
            "7.14; Rifai et al. 2011", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Sigmoid },
            encoder => ManifoldTangents.Of(encoder, Labelled, count: 2).SingularValues.ToArray()),
        [nameof(TangentData)] = TwoLines.Of(
            "7.14, equation 7.67", () => ManifoldTangents.Of(Network(3), Labelled, count: 2), tangents => TangentData.Attach(Labelled, tangents)),
        [nameof(ManifoldTangentClassifier)] = TwoLines.Of(
            "7.14; Rifai et al. 2011",
            () => new ManifoldTangentClassifier
            {
                Autoencoder = random => new Autoencoder(new Dense(4, 3, random) { Activation = Ops.Sigmoid }, new Dense(3, 4, random)),
                Top = random => new Dense(3, 3, random),
                Tangents = 2,
                Seed = 1,
            },
            classifier => classifier.Fit(Labelled, Labelled, new FitOptions { Epochs = 2 }, new FitOptions { Epochs = 2 }).Classifier.Predict(Labelled)),
        [nameof(LassoPath)] = TwoLines.Of(
            "7.1.2; Efron et al. 2004", () => LassoPath.Of([1, 0, 1, 1, 0, 2], columns: 2, [1, 2, 3]), path => path.Select(knot => knot.Strength)),
        [nameof(LinearLeastSquares)] = TwoLines.Of(
            "7.1.1, equation 7.17, and 7.3, equation 7.29", () => new LinearLeastSquares([1, 0, 1, 1, 0, 2], columns: 2), solver => solver.Ridge([1, 2, 3], strength: 0.1)),
        [nameof(MatrixChain)] = TwoLines.Of(
            "6.5.9; Godbole 1973", () => new[] { Constant(1, 2, 1, 2), Constant(2, 2, 1, 0, 0, 1), Constant(2, 1, 3, 4) }, chain => MatrixChain.Multiply(chain)),
        [nameof(Diagnosis)] = TwoLines.Of(
            "8.2, equation 8.10", () => Labelled.Batches(new BatchOptions { Size = 48 }).First(),
            batch => Diagnosis.Of(Network(3), new SoftmaxCrossEntropy(), batch.Features, batch.Target).HessianEigenvalues),
        [nameof(Lanczos)] = TwoLines.Of(
            "8.2.3; Lanczos 1950", () => Valley(),
            function => Lanczos.Eigenpairs(v => function.HessianProduct(v), function.Size, steps: 2, new RandomSource(1)).Select(pair => pair.Value)),
        [nameof(LearningRateFinder)] = TwoLines.Of(
            "8.3.1; Smith 2017, 3.3", () => new LearningRateFinder { Steps = 20, BatchSize = 16 }, finder => finder.Run(Learner(new RandomSource(1)), Labelled).Suggestion),
        [nameof(LinearRegions)] = TwoLines.Of(
            "6.4.1, equation 6.42; Montufar et al. 2014", () => new Sequential(new Dense(1, 8, new RandomSource(1)) { Activation = Ops.Relu, BiasInitializer = new Toolkit.Modeling.Initializers.Normal(0.5) }),
            network => LinearRegions.AlongLine(network, [-2], [2])),
        [nameof(LossLine)] = TwoLines.Of(
            "8.2.2; Goodfellow, Vinyals, Saxe 2015", () => Valley(), function => LossLine.Between(function, [-1.2, 1], [1, 1], points: 5).Select(point => point.Loss)),
        [nameof(RunRecorder)] = TwoLines.Of(
            "8.2.1 and 8.2.2, figure 8.1", () => new RunRecorder(Learner(new RandomSource(1)), Labelled), recorder => recorder.Diagnose().HessianEigenvalues),
        [nameof(WeightSymmetry)] = TwoLines.Of("8.2.2", () => Network(3), network => WeightSymmetry.Pairs(network).Count),
        [nameof(EarlyStopping)] = TwoLines.Of(
            "7.8, algorithm 7.1", () => new EarlyStopping { Patience = 2 },
            stopping => new Bagging { Create = Learner, Members = 1 }.Fit(Labelled, new FitOptions { Epochs = 9, Validation = Labelled, EarlyStopping = stopping }).Model.Predict(Labelled)),
        [nameof(FitOptions)] = TwoLines.Of(
            "8.1.3", () => new FitOptions { Epochs = 5, BatchSize = 16, Seed = 1 }, options => Learner(new RandomSource(1)).Fit(Labelled, options).Epochs.Select(epoch => epoch.Loss)),
        [nameof(ModelEnsemble)] = TwoLines.On(
            TwoTargets, "7.11", () => new ModelEnsemble([TwoHeads, TwoHeads], [0.7, 0.3]),
            ensemble => new Trainer { Model = ensemble, Loss = new MeanSquaredError().On("first") + new Huber().On("second"), Optimizer = new Adam() }),
        [nameof(Heads)] = TwoLines.On(
            TwoTargets, "7.7, figure 7.2", () => new Heads(Network(6), ("first", new Dense(6, 1, new RandomSource(3))), ("second", new Dense(6, 1, new RandomSource(4)))),
            heads => new Trainer { Model = heads, Loss = new MeanSquaredError().On("first") + new Huber().On("second"), Optimizer = new Adam() }),
        [nameof(FunctionalModel)] = TwoLines.On(
            TwoTargets, "6.5.1", () => new Dense(4, 2, new RandomSource(1)),
            both => new Trainer
            {
                Model = new FunctionalModel([both], (x, context) => new Named(("first", both.Forward(x["input"], context).Slice(1, 0, 1)), ("second", both.Forward(x["input"], context).Slice(1, 1, 2)))),
                Loss = new MeanSquaredError().On("first") + new Huber().On("second"),
                Optimizer = new Adam(),
            }),
        [nameof(ComputationModel)] = TwoLines.Of(
            "8.7.4 (pretrained models)", () => new Dense(4, 3, new RandomSource(1)).Inference, pretrained => new ComputationModel(pretrained).Predict(Labelled)),
        [nameof(Predictor)] = TwoLines.Of("6", () => new Predictor(Network(3), [4]), predictor => predictor.Predict(Labelled)),
        [nameof(Retraining)] = TwoLines.Of(
            "7.8, algorithms 7.2 and 7.3", () => Labelled.Split(0.75, new RandomSource(1)),
            parts => Retraining.FromScratch(() => Learner(new RandomSource(1)), parts.First, parts.Second, Labelled, new FitOptions { Epochs = 5 }).Trainer.Model.Predict(Labelled)),
        [nameof(Trainer)] = TwoLines.Of(
            "8.1.3, algorithm 8.1", () => new Adam { LearningRate = 0.01 }, adam => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = adam }),
    };
}
