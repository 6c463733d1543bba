using System.Globalization;
using Microsoft.ML.Runtime;
using Toolkit.Modeling.Training;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Writes the epochs, the warnings and the end of a training to the log of ML.NET (<see cref="Microsoft.ML.MLContext.Log"/>).</summary>
internal sealed class ChannelCallback(IHostEnvironment environment) : Callback, IDisposable
{
    private readonly IChannel channel = environment.Start("Training");

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingControl training, EpochRecord epoch)
    {
        string validation = epoch.Validation is { } measured ? string.Create(CultureInfo.InvariantCulture, $", validation loss {measured.Loss:G6}") : "";
        channel.Info(MessageSensitivity.None, string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch.Epoch}: loss {epoch.Loss:G6}{validation}, {epoch.Elapsed.TotalSeconds:F2} s."));
    }

    /// <inheritdoc/>
    public override void OnWarning(TrainingControl training, string warning) => channel.Warning(MessageSensitivity.None, warning);

    /// <inheritdoc/>
    public override void OnTrainingEnd(TrainingControl training, History history) => channel.Info(MessageSensitivity.None, $"{history.StopReason}: {history.StopMessage}");

    /// <summary>Ends the channel.</summary>
    public void Dispose() => channel.Dispose();
}
