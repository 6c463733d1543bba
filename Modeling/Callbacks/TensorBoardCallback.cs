using System.Globalization;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Callbacks;

/// <summary>Writes loss, metrics and learning rate as a file of events that TensorBoard shows: <c>tensorboard --logdir FOLDER</c>. Tags are "loss", the names of the
/// metrics and "learning_rate", those of the validation set with "validation/" before them; the steps are those of the training.</summary>
/// <remarks>Each training with the callback has a file of its own, which is complete after each epoch.</remarks>
public sealed class TensorBoardCallback : Callback
{
    private readonly EventFile file;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">Its folder, such as "runs/first"; it is made if it is not there.</param>
    /// <param name="clock">The time of the events; null for the system's.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public TensorBoardCallback(string folder, TimeProvider? clock = null)
    {
        Directory.CreateDirectory(folder);
        file = new EventFile(folder, clock ?? TimeProvider.System);
    }

    /// <summary>How many steps lie between two values of the loss within an epoch; 0 (the default) for epochs only.</summary>
    public int Steps { get; init => field = Settings.AtLeastZero(value); }

    /// <summary>The file.</summary>
    public string Path => file.Path;

    /// <inheritdoc/>
    public override void OnStepEnd(TrainingControl training)
    {
        if (Steps > 0 && training.Step % Steps == 0)
            file.Add(training.Step, [("batch_loss", training.Loss)]);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingControl training, EpochRecord epoch)
    {
        IEnumerable<(string Tag, double Value)> values = [("loss", epoch.Loss), .. epoch.Metrics.Select(pair => (pair.Key, pair.Value)), ("learning_rate", epoch.LearningRate)];
        if (epoch.Validation is { } validation)
            values = [.. values, ("validation/loss", validation.Loss), .. validation.Metrics.Select(pair => (string.Create(CultureInfo.InvariantCulture, $"validation/{pair.Key}"), pair.Value))];
        file.Add(training.Step, values);
    }
}
