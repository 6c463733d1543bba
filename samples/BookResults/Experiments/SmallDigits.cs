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
        "64-256-256-10 rectifiers; batches of 50; rate 0.1 → 0 (DropConnect 0.025 → 0), momentum 0.9; ε of attacks 0.1; mean over the seeds, each with a draw of its own where examples are few";

    protected abstract int Seeds { get; }

    /// <summary>How many training examples; null for all.</summary>
    protected abstract int? Examples { get; }

    protected abstract IEnumerable<(string Kind, string Published)> Kinds { get; }

    protected virtual bool Attack => false;

    /// <summary>The learning rate of the first step. Weights that are divided by the rate of keeping, as in DropConnect here, move four times as far as those that
    /// are halved afterwards, as in the paper.</summary>
    protected virtual double Rate(string kind) => kind == "DropConnect" ? 0.025 : 0.1;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.OptDigits();
        var figures = new List<Figure>();
        foreach ((string kind, string published) in Kinds)
        {
            (double Error, double Nats, double Attacked)[] runs =
                [.. Enumerable.Range(0, Seeds).Select(seed => Once(laboratory, Subset(laboratory, train, seed), test, kind, seed))];
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

    private Dataset Subset(Laboratory laboratory, Dataset train, int seed)
    {
        if (Examples is not { } count)
            return train;
        int[] rows = [.. Enumerable.Range(0, train.Count)];
        laboratory.Random("subset").Fork(seed).Shuffle(rows.AsSpan());
        return train.Select(rows.AsSpan(0, count));
    }

    private (double Error, double Nats, double Attacked) Once(Laboratory laboratory, Dataset train, Dataset test, string kind, int seed)
    {
        RandomSource random = laboratory.Random("weights").Fork(seed);
        int steps = laboratory.Epochs * ((train.Count + BatchSize - 1) / BatchSize);
        (double input, double hidden) = kind switch
        {
            "dropout + max-norm" or "maxout + dropout" or "dropout of inputs too" or "dropout boosting" => (0.2, 0.5),
            "dropout" or "fast dropout" => (0.0, 0.5),
            _ => (0.0, 0.0),
        };
        Module Layer(int from, int to) => kind switch
        {
            "DropConnect" => new DropConnect(from, to, 0.5, random) { Activation = Ops.Relu },
            "fast dropout" => new FastDropout(from, to, from == 64 ? input : hidden, FastDropoutUnit.Rectifier, random) { WeightInitializer = new HeNormal() },
            _ => new Dense(from, to, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        };
        bool fast = kind == "fast dropout", maxout = kind.StartsWith("maxout", StringComparison.Ordinal);
        int units = maxout ? 64 : 256;
        var model = new Sequential(
            new GaussianNoise(kind == "noise 0.2" ? 0.2 : 0, random),
            new Dropout(input, random),
            maxout ? new Maxout(64, units, 5, random) : Layer(64, units),
            new Dropout(fast ? 0 : hidden, random),
            maxout ? new Maxout(units, units, 5, random) : Layer(units, units),
            new Dropout(fast ? 0 : hidden, random),
            fast ? new FastDropout(units, 10, hidden, FastDropoutUnit.Logit, random) { Name = "logits" } : new Dense(units, 10, random));
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy { Smoothing = kind == "label smoothing" ? 0.1 : 0 },
            Optimizer = new Momentum { LearningRate = new LinearDecay(Rate(kind), 0, steps), Decay = 0.9 },
            Regularizers = kind switch
            {
                "L2" => [new L2(1e-3)],
                "adversarial" => [new AdversarialTraining(0.1)],
                "mixup" => [new Mixup(0.2)],
                "dropout boosting" => [new DropoutBoosting()],
                "fast dropout" => [new FastDropoutPenalty("logits")],
                _ => [],
            },
            Constraints = kind is "dropout + max-norm" or "maxout + dropout" ? [new MaxColumnNorm(2)] : [],
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
