using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Toolkit.Modeling.Training;

/// <summary>What OpenTelemetry and dotnet-counters see of trainings: a meter and a source of activities, both called "Toolkit.Modeling". Nothing is measured while nobody listens.</summary>
internal static class TrainingTelemetry
{
    private const string Name = "Toolkit.Modeling";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("toolkit.training.steps", "{step}", "Steps of training.");
    private static readonly Counter<long> Examples = Meter.CreateCounter<long>("toolkit.training.examples", "{example}", "Examples that steps have learned from.");
    private static readonly Histogram<double> Epochs = Meter.CreateHistogram<double>("toolkit.training.epoch.duration", "s", "The time of an epoch, validation included.");
    private static readonly Gauge<double> Loss = Meter.CreateGauge<double>("toolkit.training.loss", null, "The mean loss of the last epoch.");
    private static readonly Gauge<double> ValidationLoss = Meter.CreateGauge<double>("toolkit.training.validation.loss", null, "The loss of the validation set after the last epoch.");
    private static readonly ActivitySource Source = new(Name);

    /// <summary>Begins the activity of a call of <see cref="Trainer.Fit"/>; null while nobody listens.</summary>
    public static Activity? Fit(Trainer trainer) => Source.StartActivity("fit")?.SetTag("toolkit.model", trainer.Model.Title).SetTag("toolkit.optimizer", trainer.Optimizer.GetType().Name);

    /// <summary>Begins the activity of an epoch; null while nobody listens.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    public static Activity? Epoch(int epoch) => Source.StartActivity("epoch")?.SetTag("toolkit.epoch", epoch);

    /// <summary>Counts a step.</summary>
    /// <param name="examples">How many examples it has learned from.</param>
    public static void Step(int examples)
    {
        Steps.Add(1);
        Examples.Add(examples);
    }

    /// <summary>Reports an epoch.</summary>
    public static void Epoch(EpochRecord record)
    {
        Epochs.Record(record.Elapsed.TotalSeconds);
        Loss.Record(record.Loss);
        if (record.Validation is { } validation)
            ValidationLoss.Record(validation.Loss);
    }

    /// <summary>Says how a call of <see cref="Trainer.Fit"/> has ended.</summary>
    public static void End(Activity? fit, History history) =>
        fit?.SetTag("toolkit.steps", history.StepsTaken).SetTag("toolkit.stop", history.StopReason.ToString()).SetStatus(
            history.StopReason == StopReason.Diverged ? ActivityStatusCode.Error : ActivityStatusCode.Ok, history.StopReason == StopReason.Diverged ? history.StopMessage : null);
}
