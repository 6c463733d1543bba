using Microsoft.Extensions.Logging;
using Toolkit.Modeling.Callbacks;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Tests.Training;

namespace Toolkit.Modeling.Tests.Callbacks;

public sealed class LoggingCallbackTests
{
    [Fact]
    public void Each_epoch_and_the_end_have_a_line()
    {
        var log = new Lines();
        ScriptedTraining.Trainer([5, 4, 3.25], optimizer: new Sgd { LearningRate = 1 }, metrics: ScriptedTraining.Metric([7, 8, 9.5], true)).Fit(
            ScriptedTraining.Data(1),
            new() { Epochs = 2, BatchSize = 1, Validation = ScriptedTraining.Data(1), Callbacks = [new LoggingCallback(log)] },
            TestContext.Current.CancellationToken);
        Assert.Equal(3, log.Written.Count);
        Assert.Equal(LogLevel.Information, log.Written[0].Level);
        Assert.StartsWith("Epoch 1: loss 5, scripted 7; validation: loss 5, scripted 7; learning rate 1; ", log.Written[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("Epoch 2: loss 5, scripted 7; validation: loss 4, scripted 8; learning rate 1; ", log.Written[1].Text, StringComparison.Ordinal);
        Assert.StartsWith("Training ended (Completed): All 2 epochs are done.", log.Written[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_divergence_is_a_warning()
    {
        var log = new Lines();
        ScriptedTraining.Trainer([5, double.NaN]).Fit(
            ScriptedTraining.Data(1), new() { Epochs = 5, BatchSize = 1, Callbacks = [new LoggingCallback(log)] }, TestContext.Current.CancellationToken);
        Assert.Equal(LogLevel.Warning, log.Written[^1].Level);
        Assert.Contains("Diverged in epoch", log.Written[^1].Text, StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger
    {
        public List<(LogLevel Level, string Text)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception)));
    }
}
