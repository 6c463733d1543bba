using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;
using static Toolkit.Modeling.Tests.Components.Given;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Two lines with every optimizer, schedule and full-batch method.</summary>
internal static class ExampleOptimizers
{
    public static Dictionary<string, TwoLines> Rows { get; } = new()
    {
        [nameof(AdaGrad)] = TwoLines.Of(
            "8.5.1, algorithm 8.4", () => new AdaGrad { LearningRate = 0.05 },
            adaGrad => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = adaGrad }),
        [nameof(Adam)] = TwoLines.Of(
            "8.5.3, algorithm 8.7", () => new Adam { LearningRate = 0.01 },
            adam => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = adam }),
        [nameof(AdamW)] = TwoLines.Of(
            "7.1.1 beside 8.5.3; Loshchilov, Hutter 2019", () => new AdamW { LearningRate = 0.01, WeightDecay = 0.01 },
            adam => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = adam }),
        [nameof(Averaged)] = TwoLines.Of(
            "8.7.3, equation 8.39", () => new Averaged(0.99, new Sgd { LearningRate = 0.5 }),
            averaged => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = averaged }),
        [nameof(ClipByNorm)] = TwoLines.Of(
            "10.11.1, equations 10.48 and 10.49", () => new ClipByNorm(1, new Sgd { LearningRate = 0.5 }),
            clipped => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = clipped }),
        [nameof(ClipByValue)] = TwoLines.Of(
            "10.11.1", () => new ClipByValue(0.1, new Sgd { LearningRate = 0.5 }),
            clipped => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = clipped }),
        [nameof(Momentum)] = TwoLines.Of(
            "8.3.2, algorithm 8.2", () => new Momentum { LearningRate = 0.1, Decay = 0.9 },
            momentum => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = momentum }),
        [nameof(Nesterov)] = TwoLines.Of(
            "8.3.3, algorithm 8.3", () => new Nesterov { LearningRate = 0.1, Decay = 0.9 },
            nesterov => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = nesterov }),
        [nameof(ProximalL1)] = TwoLines.Of(
            "7.1.2, equation 7.23", () => new ProximalL1(0.01, new Sgd { LearningRate = 0.1 }),
            proximal => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = proximal }),
        [nameof(RmsProp)] = TwoLines.Of(
            "8.5.2, algorithm 8.5", () => new RmsProp { LearningRate = 0.01 },
            rmsProp => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = rmsProp }),
        [nameof(Sgd)] = TwoLines.Of(
            "8.3.1, algorithm 8.1", () => new Sgd { LearningRate = 0.5 },
            sgd => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = sgd }),
    };

    public static Dictionary<string, TwoLines> Schedules { get; } = new()
    {
        [nameof(AdjustableRate)] = TwoLines.Of(
            "8.3.1", () => new AdjustableRate(0.5),
            rate => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } }),
        [nameof(CosineDecay)] = TwoLines.Of(
            "8.3.1; Loshchilov, Hutter 2017", () => new CosineDecay(Initial: 0.5, Final: 0.01, Steps: 100),
            rate => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } }),
        [nameof(ExponentialDecay)] = TwoLines.Of(
            "8.3.1", () => new ExponentialDecay(Initial: 0.5, Factor: 0.9, Every: 10),
            rate => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } }),
        [nameof(FixedRate)] = TwoLines.Of(
            "8.3.1", () => new FixedRate(0.5),
            rate => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } }),
        [nameof(LinearDecay)] = TwoLines.Of(
            "8.3.1, equation 8.14", () => new LinearDecay(Initial: 0.5, Final: 0.005, Steps: 100),
            rate => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } }),
        [nameof(ReduceOnPlateau)] = TwoLines.Of(
            "8.3.1; Bengio 2012, 3.1.1", () => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = new ReduceOnPlateau(0.5) { Patience = 2 } } },
            trainer => trainer.Fit(Labelled, new FitOptions { Epochs = 5, Validation = Labelled }).Epochs.Select(epoch => epoch.LearningRate)),
        [nameof(StepDecay)] = TwoLines.Of(
            "8.3.1", () => new StepDecay(Initial: 0.5, Factor: 0.1, Every: 50),
            rate => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } }),
        [nameof(WarmUp)] = TwoLines.Of(
            "8.3.1; Goyal et al. 2017", () => new WarmUp(Steps: 10, new LinearDecay(0.5, 0.005, 100)),
            rate => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } }),
    };

    public static Dictionary<string, TwoLines> Minimizers { get; } = new()
    {
        [nameof(ConjugateGradient)] = TwoLines.Of(
            "8.6.2; Hestenes, Stiefel 1952", () => new double[] { 1, 2 },
            right => ConjugateGradient.Solve(v => [(2 * v[0]) + v[1], v[0] + (3 * v[1])], right, iterations: 2, tolerance: 0)),
        [nameof(LimitedMemoryBfgs)] = TwoLines.Of("8.6.3", () => new LimitedMemoryBfgs { Memory = 5 }, method => method.Minimize(Valley()).Value),
        [nameof(NewtonConjugateGradient)] = TwoLines.Of(
            "8.6.1, algorithm 8.8, with 8.6.2", () => new NewtonConjugateGradient(), method => method.Minimize(Valley()).Value),
        [nameof(NonlinearConjugateGradient)] = TwoLines.Of(
            "8.6.2, algorithm 8.9", () => new NonlinearConjugateGradient { Iterations = 500 }, method => method.Minimize(Valley()).Value),
        [nameof(ScalarFunction)] = TwoLines.Of("6.5.10, equation 6.59", () => Valley(), function => function.HessianProduct([1.0, 0.0])),
    };
}
