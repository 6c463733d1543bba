using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class RetrainingDigits : Experiment
{
    private const int Examples = 1000, BatchSize = 50, Seeds = 5;

    public override string Name => "retraining";

    public override string Source => "Early stopping against learning from the held-out examples too, book 7.8, algorithms 7.1, 7.2 and 7.3";

    public override string Settings =>
        "1,000 digits, a third of them held out; 784-100-10 rectifiers, dropout 0.5; Adam 0.001, batches of 50, patience 10; the second training of 7.3 at most 50 epochs; mean over 5 subsets";

    public override int Epochs => 100;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        double[] stopped = new double[Seeds], scratch = new double[Seeds], continued = new double[Seeds];
        int reached = 0;
        var options = new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize, Seed = laboratory.Seed, EarlyStopping = new EarlyStopping { Patience = 10 } };
        for (int seed = 0; seed < Seeds; seed++)
        {
            laboratory.ThrowIfCancelled();
            Dataset all = train.Skip(seed * Examples).Take(Examples), sub = all.Take(667), heldOut = all.Skip(667);
            RandomSource random = laboratory.Random("weights").Fork(seed);
            Trainer early = Create(laboratory, random);
            early.Fit(sub, options with { Validation = heldOut }, laboratory.Cancellation);
            stopped[seed] = Error(early, test);
            scratch[seed] = Error(Retraining.FromScratch(() => Create(laboratory, random), sub, heldOut, all, options, laboratory.Cancellation).Trainer, test);
            RetrainingResult result = Retraining.Continue(Create(laboratory, random), sub, heldOut, all, 50, options, laboratory.Cancellation);
            continued[seed] = Error(result.Trainer, test);
            reached += result.TargetReached == true ? 1 : 0;
            laboratory.Say(FormattableString.Invariant($"subset {seed}: 7.1 {stopped[seed]:F2} %, 7.2 {scratch[seed]:F2} %, 7.3 {continued[seed]:F2} %"));
        }

        return
        [
            new("test error % early stopping (7.1)", stopped.Average()),
            new("test error % from scratch on all (7.2)", scratch.Average(), "less than 7.1"),
            new("test error % continued on all (7.3)", continued.Average(), "less than 7.1, \"not as well behaved\""),
            new("runs of 7.3 that reached their target", reached, "may never end without a limit"),
        ];
    }

    private static Trainer Create(Laboratory laboratory, RandomSource random)
    {
        RandomSource own = random.Fork("model");
        return new Trainer
        {
            Model = new Sequential(
                new Dense(784, 100, own) { Activation = Ops.Relu, WeightInitializer = new HeNormal() }, new Dropout(0.5, own), new Dense(100, 10, own)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = 0.001 },
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
    }

    private static double Error(Trainer trainer, Dataset test) => 100 * (1 - trainer.Evaluate(test)["accuracy"]);
}
