using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>One network on the optical digits, with many regularizers: few examples (500) or all.</summary>
internal abstract class SmallDigits : Experiment
{
    private const int BatchSize = 50;

    public override string Settings =>
        "64-256-256-10 rectifiers; batches of 50; rate 0.1 → 0 (DropConnect 0.025 → 0), momentum 0.9; ε of attacks 0.1; mean over the seeds";

    protected abstract int Seeds { get; }

    /// <summary>How many training examples; null for all.</summary>
    protected abstract int? Examples { get; }

    protected abstract IEnumerable<(string Kind, string Published)> Kinds { get; }

    protected virtual bool Attack => false;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.OptDigits();
        var figures = new List<Figure>();
        foreach ((string kind, string published) in Kinds)
        {
            (double Error, double Nats, double Attacked)[] runs =
                [.. Enumerable.Range(0, Seeds).Select(seed => Once(laboratory, Examples is { } n ? train.Take(n) : train, test, kind, seed))];
            figures.Add(new($"test error % {kind}", runs.Average(r => r.Error), published));
            double mean = runs.Average(r => r.Error);
            figures.Add(new($"standard deviation over seeds, {kind}", Math.Sqrt(runs.Sum(r => (r.Error - mean) * (r.Error - mean)) / Math.Max(1, Seeds - 1))));
            if (Attack)
                figures.Add(new($"error % under attack, {kind}", runs.Average(r => r.Attacked)));
            else
                figures.Add(new($"test nats, {kind}", runs.Average(r => r.Nats)));
        }

        return figures;
    }

    private (double Error, double Nats, double Attacked) Once(Laboratory laboratory, Dataset train, Dataset test, string kind, int seed)
    {
        RandomSource random = laboratory.Random("weights").Fork(seed);
        int steps = laboratory.Epochs * ((train.Count + BatchSize - 1) / BatchSize);
        (double input, double hidden) = kind switch
        {
            "dropout + max-norm" => (0.2, 0.5),
            "dropout" or "dropout boosting" => (0.0, 0.5),
            "fast dropout" => (0.0, 0.5),
            _ => (0.0, 0.0),
        };
        Module Layer(int from, int to) => kind switch
        {
            "DropConnect" => new DropConnect(from, to, 0.5, random) { Activation = Ops.Relu },
            "fast dropout" => new FastDropout(from, to, from == 64 ? input : hidden, FastDropoutUnit.Rectifier, random) { WeightInitializer = new HeNormal() },
            _ => new Dense(from, to, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        };
        var model = new Sequential(
            new GaussianNoise(kind == "noise 0.2" ? 0.2 : 0, random),
            new Dropout(kind == "fast dropout" ? 0 : input, random),
            Layer(64, 256),
            new Dropout(kind == "fast dropout" ? 0 : hidden, random),
            Layer(256, 256),
            kind == "fast dropout" ? new FastDropout(256, 10, hidden, FastDropoutUnit.Logit, random) : new Sequential(new Dropout(hidden, random), new Dense(256, 10, random)));
        // Weights that are divided by the rate of keeping, as here, move four times as far as those that are halved afterwards, as in the paper.
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy { Smoothing = kind == "label smoothing" ? 0.1 : 0 },
            Optimizer = new Momentum { LearningRate = new LinearDecay(kind == "DropConnect" ? 0.025 : 0.1, 0, steps), Decay = 0.9 },
            Regularizers = kind switch
            {
                "L2" => [new L2(1e-3)],
                "adversarial" => [new AdversarialTraining(0.1)],
                "mixup" => [new Mixup(0.2)],
                "dropout boosting" => [new DropoutBoosting()],
                _ => [],
            },
            Constraints = kind == "dropout + max-norm" ? [new MaxColumnNorm(2)] : [],
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
        laboratory.Train($"{kind}-{seed}".Replace(' ', '-'), trainer, train, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize });
        var measured = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = trainer.Optimizer,
            Metrics = trainer.Metrics,
            Execution = trainer.Execution,
        };
        Evaluation evaluation = measured.Evaluate(test);
        double attacked = Attack ? new FastGradientSign(model, model, 64, 0.1, laboratory.Execution).On(test).Error : double.NaN;
        laboratory.Say(FormattableString.Invariant($"{kind}-{seed}: test error {100 * (1 - evaluation["accuracy"]):F2} %"));
        return (100 * (1 - evaluation["accuracy"]), evaluation.Loss, attacked);
    }
}
