using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class FastDropoutLogistic : Experiment
{
    /// <summary>A loss on the training examples that both reach.</summary>
    private const double Mark = 0.4;

    public override string Name => "fast-dropout";

    public override string Source => "Fast dropout against sampled dropout, logistic regression, book 7.12 (Wang, Manning 2013)";

    public override string Settings => "500 optical digits, softmax regression, half of the inputs dropped, full-batch descent at 0.5 → 0, so that the last masks do not decide; epochs are steps";

    public override int Epochs => 800;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.OptDigits();
        Dataset few = train.Take(500);
        RandomSource random = laboratory.Random("weights");
        (double Error, int Rises, int Reached) Fit(string part, Module model, params Regularizer[] regularizers)
        {
            Trainer trainer = SmallTraining.Of(laboratory, model, new Sgd { LearningRate = new LinearDecay(0.5, 0, laboratory.Epochs) }, null, regularizers);
            History history = laboratory.Train(
                part, trainer, few, new FitOptions { Epochs = laboratory.Epochs, BatchSize = few.Count, Shuffle = false, Validation = few });
            int rises = history.Epochs.Zip(history.Epochs.Skip(1)).Count(pair => pair.Second.Objective > pair.First.Objective + 1e-6);
            return (SmallTraining.Error(trainer, test), rises, history.Epochs.Count(epoch => epoch.Validation!.Loss > Mark));
        }

        (double fast, int fastRises, int fastReached) =
            Fit("fast", new Sequential(new FastDropout(64, 10, 0.5, FastDropoutUnit.Logit, random) { Name = "logits" }), new FastDropoutPenalty("logits"));
        (double sampled, int sampledRises, int sampledReached) = Fit("sampled", new Sequential(new Dropout(0.5, random), new Dense(64, 10, random)));
        (double plain, _, _) = Fit("plain", new Dense(64, 10, random));
        return
        [
            new("test error % fast dropout", fast, "that of sampled dropout, ± 0.7 (one standard error)"),
            new("test error % sampled dropout", sampled),
            new("test error % without", plain),
            new("steps at which the objective rose, fast", fastRises, "0"),
            new("steps at which the objective rose, sampled", sampledRises, "about half"),
            new($"steps to {Mark} nats without masks, fast", fastReached, "fewer than sampled, to be measured"),
            new($"steps to {Mark} nats without masks, sampled", sampledReached),
        ];
    }
}
