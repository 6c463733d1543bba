using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class SeedEnsemble : Experiment
{
    private const int Members = 15, BatchSize = 50, Examples = 500, Draws = 5;

    public override string Name => "seed-ensemble";

    public override string Source => "Networks that differ by their seed alone, against bagging, book 7.11";

    public override string Settings => "500 optical digits, 64-64-10 rectifiers, 15 members; batches of 50; rate 0.1 → 0, momentum 0.9; mean over 5 draws of the digits";

    public override int Epochs => 100;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.OptDigits();
        double[] sums = new double[4];
        for (int draw = 0; draw < Draws; draw++)
        {
            int[] rows = [.. Enumerable.Range(0, train.Count)];
            laboratory.Random("subset").Fork(draw).Shuffle(rows.AsSpan());
            Dataset few = train.Select(rows.AsSpan(0, Examples));
            (sums[0], sums[1]) = Add((sums[0], sums[1]), Errors(laboratory, few, test, resample: true, draw));
            (sums[2], sums[3]) = Add((sums[2], sums[3]), Errors(laboratory, few, test, resample: false, draw));
        }

        return
        [
            new("test error % bootstrap member", sums[0], "8.54"),
            new("test error % bag", sums[1], "7.07"),
            new("test error % member on all", sums[2], "7.47"),
            new("test error % seed ensemble", sums[3], "7.18"),
        ];
    }

    private static (double A, double B) Add((double A, double B) sum, (double A, double B) found) => (sum.A + (found.A / Draws), sum.B + (found.B / Draws));

    private static (double Member, double Together) Errors(Laboratory laboratory, Dataset few, Dataset test, bool resample, int draw)
    {
        TrainedEnsemble ensemble = new Bagging
        {
            Create = random => SmallTraining.Of(
                laboratory,
                new Sequential(SmallTraining.Rectifiers(64, 64, random), new Dense(64, 10, random)),
                new Momentum { LearningRate = new LinearDecay(0.1, 0, laboratory.Epochs * few.Count / BatchSize), Decay = 0.9 }),
            Members = Members,
            Resample = resample,
            MemberOutput = z => z.Softmax(),
            Seed = laboratory.Seed + (ulong)draw,
        }.Fit(few, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize }, laboratory.Cancellation);
        laboratory.ThrowIfCancelled();
        double Error(Module model) => SmallTraining.Error(
            new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd(), Metrics = [new Accuracy()], Execution = laboratory.Execution }, test);
        (double member, double together) = (ensemble.Members.Average(Error), Error(ensemble.Model));
        laboratory.Say(FormattableString.Invariant($"draw {draw}, {(resample ? "bootstrap" : "all examples")}: member {member:F2} %, together {together:F2} %"));
        return (member, together);
    }
}
