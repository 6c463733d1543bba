using System.Diagnostics;
using System.Diagnostics.Metrics;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>What a listener, such as OpenTelemetry, sees of a training. Other tests train at the same time, so the training is known by its losses.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public void A_training_is_measured_while_somebody_listens()
    {
        const double Known = 1234.5;
        var numbers = new List<(string Name, double Value)>();
        int thread = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Toolkit.Modeling")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Note(instrument.Name, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Note(instrument.Name, value));
        listener.Start();
        Dataset data = ScriptedTraining.Data(3);
        ScriptedTraining.Trainer([Known, Known, Known]).Fit(data, new() { Epochs = 2, BatchSize = 2, Validation = data }, TestContext.Current.CancellationToken);
        Assert.Equal([2, 1, 2, 1], Values("toolkit.training.examples"));
        Assert.Equal([1, 1, 1, 1], Values("toolkit.training.steps"));
        Assert.Equal([Known, Known], Values("toolkit.training.loss"));
        Assert.Equal([Known, Known], Values("toolkit.training.validation.loss"));
        Assert.All(Values("toolkit.training.epoch.duration"), seconds => Assert.InRange(seconds, 0, 600));
        Assert.Equal(2, Values("toolkit.training.epoch.duration").Length);

        double[] Values(string name) => [.. numbers.Where(number => number.Name == name).Select(number => number.Value)];

        // A measurement is reported by the thread that makes it.
        void Note(string name, double value)
        {
            if (Environment.CurrentManagedThreadId == thread)
                numbers.Add((name, value));
        }
    }

    [Fact]
    public void A_training_and_its_epochs_are_activities()
    {
        var ended = new List<Activity>();
        using var parent = new ActivitySource("Toolkit.Modeling.Tests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Toolkit.Modeling", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (ended)
                    ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using Activity? own = parent.StartActivity("test");
        ScriptedTraining.Trainer([5, 4, double.NaN]).Fit(ScriptedTraining.Data(1), new() { Epochs = 9, BatchSize = 1 }, TestContext.Current.CancellationToken);
        lock (ended)
        {
            Activity fit = Assert.Single(ended, activity => activity.OperationName == "fit" && activity.ParentId == own!.Id);
            Activity[] epochs = [.. ended.Where(activity => activity.OperationName == "epoch" && activity.ParentId == fit.Id)];
            Assert.Equal([1, 2, 3, 4], epochs.Select(epoch => epoch.GetTagItem("toolkit.epoch")));
            Assert.Equal("Diverged", fit.GetTagItem("toolkit.stop"));
            Assert.Equal(ActivityStatusCode.Error, fit.Status);
        }
    }
}
