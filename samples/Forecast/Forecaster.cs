using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Forecast;

/// <summary>Learns the quantiles 0.1, 0.5 and 0.9: the first and the last enclose four fifths of what comes.</summary>
internal static class Forecaster
{
    public static Trainer Train(Dataset stretches, int epochs, RandomSource random)
    {
        const int Size = 64;
        var trainer = new Trainer
        {
            Model = new ForecastModel(random),
            Loss = Quantile(0.1, "low") + Quantile(0.5, "median") + Quantile(0.9, "high"),
            Optimizer = new ClipByNorm(1, new Adam { LearningRate = new LinearDecay(0.01, 0.0, epochs * ((stretches.Count + Size - 1) / Size)) }),
            Metrics = [new MeanAbsoluteError { Output = "median", Target = "future" }],
        };
        trainer.Fit(stretches, new() { Epochs = epochs, BatchSize = Size });
        return trainer;

        static QuantileLoss Quantile(double level, string output) => new(level) { Output = output, Target = "future" };
    }

    /// <summary>The share of what came that lies between "low" and "high", for each step ahead.</summary>
    public static double[] Coverage(Trainer trainer, Dataset stretches)
    {
        IReadOnlyDictionary<string, Value> found = trainer.Model.PredictAll(stretches);
        Value future = stretches.Batches(new BatchOptions { Size = stretches.Count }).Single()["future"];
        return [.. Enumerable.Range(0, Series.Ahead).Select(step => Enumerable.Range(0, stretches.Count).Select(i => (i * Series.Ahead) + step)
            .Average(at => future[at] >= found["low"][at] && future[at] <= found["high"][at] ? 1.0 : 0.0))];
    }

    /// <summary>The mean absolute error of a forecast without learning: what was a day before.</summary>
    public static double ErrorOfDayBefore(Dataset stretches)
    {
        const int Day = 24;
        Batch all = stretches.Batches(new BatchOptions { Size = stretches.Count }).Single();
        Value past = all["past"], future = all["future"];
        return Enumerable.Range(0, stretches.Count).Average(i => Enumerable.Range(0, Series.Ahead).Average(
            step => Math.Abs(future[(i * Series.Ahead) + step] - past[((i + 1) * Series.Past) - Day + step])));
    }
}
