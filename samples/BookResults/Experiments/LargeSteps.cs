using Toolkit.Modeling;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class LargeSteps : Experiment
{
    private const int BatchSize = 50, Seeds = 8;

    public override string Name => "max-norm";

    public override string Source => "Max-norm permits large steps, book 7.2 (Hinton et al. 2012)";

    public override string Settings => "optical digits, 64-256-256-10 rectifiers; batches of 50; rate 0.4 → 0, momentum 0.9; 8 seeds";

    public override int Epochs => 15;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.OptDigits();
        double[] Errors(params Constraint[] constraints) => [.. Enumerable.Range(0, Seeds).Select(seed => Once(laboratory, train, test, seed, constraints)).Order()];
        double[] free = Errors(), bound = Errors(new MaxColumnNorm(2));
        return
        [
            new("test error % without, best seed", free[0], "4.6"),
            new("test error % without, median", Median(free)),
            new("test error % without, worst seed", free[^1], "64"),
            new("test error % columns at most 2, best seed", bound[0], "2.9"),
            new("test error % columns at most 2, median", Median(bound)),
            new("test error % columns at most 2, worst seed", bound[^1], "3.5"),
        ];
    }

    private static double Median(double[] ordered) => 0.5 * (ordered[(Seeds - 1) / 2] + ordered[Seeds / 2]);

    private static double Once(Laboratory laboratory, Dataset train, Dataset test, int seed, Constraint[] constraints)
    {
        RandomSource random = laboratory.Random("weights").Fork(seed);
        int steps = laboratory.Epochs * ((train.Count + BatchSize - 1) / BatchSize);
        Trainer trainer = SmallTraining.Of(
            laboratory,
            new Sequential(SmallTraining.Rectifiers(64, 256, random), SmallTraining.Rectifiers(256, 256, random), new Dense(256, 10, random) { WeightInitializer = new HeNormal() }),
            new Momentum { LearningRate = new LinearDecay(0.4, 0, steps), Decay = 0.9 },
            constraints);
        // Without the constraint a run may diverge; its last good parameters count.
        trainer.Fit(train, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize, Seed = (ulong)seed }, laboratory.Cancellation);
        laboratory.ThrowIfCancelled();
        double error = SmallTraining.Error(trainer, test);
        laboratory.Say(FormattableString.Invariant($"seed {seed}, {constraints.Length} constraints: {error:F2} %"));
        return error;
    }
}
