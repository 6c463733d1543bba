using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Callbacks;

/// <summary>Writes a line for each epoch and for the end of a training into a log: information, or a warning if the training has diverged or something seems wrong.</summary>
/// <param name="logger">The log.</param>
public sealed partial class LoggingCallback(ILogger logger) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingControl training, EpochRecord epoch)
    {
        if (!logger.IsEnabled(LogLevel.Information))
            return;
        string learned = Text(epoch.Loss, epoch.Metrics), validation = epoch.Validation is { } measured ? Text(measured.Loss, measured.Metrics) : "none";
        double seconds = epoch.Elapsed.TotalSeconds;
        LogEpoch(logger, epoch.Epoch, learned, validation, epoch.LearningRate, seconds);
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(TrainingControl training, History history)
    {
        if (history.StopReason == StopReason.Diverged)
            LogDiverged(logger, history.StopMessage);
        else
            LogEnd(logger, history.StopReason, history.StopMessage);
    }

    /// <inheritdoc/>
    public override void OnWarning(TrainingControl training, string warning) => LogWarning(logger, warning);

    private static string Text(double loss, IReadOnlyDictionary<string, double> metrics)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"loss {loss:G6}"));
        foreach ((string name, double value) in metrics)
            text.Append(CultureInfo.InvariantCulture, $", {name} {value:G6}");
        return text.ToString();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Epoch {Epoch}: {Training}; validation: {Validation}; learning rate {LearningRate}; {Seconds} s")]
    private static partial void LogEpoch(ILogger logger, int epoch, string training, string validation, double learningRate, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training ended ({Reason}): {Message}")]
    private static partial void LogEnd(ILogger logger, StopReason reason, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Training ended: {Message}")]
    private static partial void LogDiverged(ILogger logger, string message);
}
