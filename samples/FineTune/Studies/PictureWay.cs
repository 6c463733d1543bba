using Toolkit.Modeling;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>One of the ways to train that are compared.</summary>
/// <param name="Name">What is trained.</param>
/// <param name="Create">Makes the model of a seed.</param>
/// <param name="Pictures">What is learned from and measured with.</param>
/// <param name="Epochs">Passes over what is learned from.</param>
/// <param name="Rate">The middle one of the three learning rates that are tried.</param>
internal sealed record PictureWay(string Name, Func<ulong, Module> Create, PictureSets Pictures, int Epochs, double Rate)
{
    private const int BatchSize = 32;

    /// <summary>
    /// Trains with the first seed at three rates and keeps the one that is best on the pictures for validation; the accuracy is the mean over all seeds at that rate, on the pictures for the test.
    /// </summary>
    /// <param name="options">Seeds and execution.</param>
    /// <param name="cancellation">Ends it early.</param>
    public PictureTrial Run(StudyOptions options, CancellationToken cancellation)
    {
        double[] rates = [Rate / 3, Rate, Rate * 3];
        Trainer[] tried = [.. rates.Select(rate => Train(Create(options.Seed), options.Seed, rate, options, cancellation))];
        double[] validation = [.. tried.Select(trainer => trainer.Evaluate(Pictures.Validation)["accuracy"])];
        int best = Array.IndexOf(validation, validation.Max());
        double[] test =
        [
            tried[best].Evaluate(Pictures.Test)["accuracy"],
            .. Enumerable.Range(1, options.Seeds - 1).Select(i => options.Seed + (ulong)i).Select(seed => Train(Create(seed), seed, rates[best], options, cancellation).Evaluate(Pictures.Test)["accuracy"]),
        ];
        double mean = test.Average(), spread = Math.Sqrt(test.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / Math.Max(1, test.Length - 1));
        string note = FormattableString.Invariant($", ± {spread:P1} over {test.Length} seeds; rates {string.Join(", ", rates.Select((rate, i) => FormattableString.Invariant($"{rate:G2} ({validation[i]:P1} in validation)")))}");
        return new PictureTrial(rates[best], new StudyFigure(Name, mean, note));
    }

    /// <summary>Trains a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Seed of the order of pictures.</param>
    /// <param name="rate">The learning rate at the beginning, from which it falls to a hundredth.</param>
    /// <param name="options">Execution.</param>
    /// <param name="cancellation">Ends it early.</param>
    public Trainer Train(Module model, ulong seed, double rate, StudyOptions options, CancellationToken cancellation)
    {
        int steps = Epochs * ((Pictures.Train.Count + BatchSize - 1) / BatchSize);
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = new CosineDecay(rate, rate / 100, steps) },
            Metrics = [new Accuracy()],
            Execution = options.Execution,
        };
        trainer.Fit(Pictures.Train, new FitOptions { Epochs = Epochs, BatchSize = BatchSize, Seed = seed }, cancellation);
        return trainer;
    }
}
