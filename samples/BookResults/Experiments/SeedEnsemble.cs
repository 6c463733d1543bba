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
    private const int Members = 15, BatchSize = 50;

    public override string Name => "seed-ensemble";

    public override string Source => "Networks that differ by their seed alone, against bagging, book 7.11";

    public override string Settings => "500 optical digits, 64-64-10 rectifiers, 15 members; batches of 50; rate 0.1 → 0, momentum 0.9";

    public override int Epochs => 100;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.OptDigits();
        Dataset few = train.Take(500);
        (double member, double together) Errors(bool resample)
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
                Seed = laboratory.Seed,
            }.Fit(few, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize }, laboratory.Cancellation);
            double Error(Module model) => SmallTraining.Error(
                new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd(), Metrics = [new Accuracy()], Execution = laboratory.Execution }, test);
            return (ensemble.Members.Average(Error), Error(ensemble.Model));
        }

        (double bootstrapMember, double bag) = Errors(true);
        (double member, double seeds) = Errors(false);
        return
        [
            new("test error % bootstrap member", bootstrapMember, "8.54"),
            new("test error % bag", bag, "7.07"),
            new("test error % member on all", member, "7.47"),
            new("test error % seed ensemble", seeds, "7.18"),
        ];
    }
}
