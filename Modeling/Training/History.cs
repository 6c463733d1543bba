using System.Globalization;
using System.Text;

namespace Toolkit.Modeling.Training;

/// <summary>The course of a training: a record for each epoch, and why it ended.</summary>
public sealed class History
{
    internal History(IReadOnlyList<EpochRecord> epochs, StopReason stopReason, string stopMessage, int? bestEpoch, long? bestStep, long stepsTaken)
    {
        Epochs = epochs;
        StopReason = stopReason;
        StopMessage = stopMessage;
        BestEpoch = bestEpoch;
        BestStep = bestStep;
        StepsTaken = stepsTaken;
    }

    /// <summary>The epochs from the first on, those before a resumption included.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; }

    /// <summary>Why the training ended.</summary>
    public StopReason StopReason { get; }

    /// <summary>Why the training ended, in words, and which parameters the model has now.</summary>
    public string StopMessage { get; }

    /// <summary>With early stopping, the number of the epoch in which the validation set was best; otherwise null.</summary>
    public int? BestEpoch { get; }

    /// <summary>With early stopping, i*: the number of steps of the training, earlier calls included, after which the validation set was best; otherwise
    /// null.</summary>
    public long? BestStep { get; }

    /// <summary>The number of steps that this call of <see cref="Trainer.Fit"/> took; 0 if nothing was left to do, as <see cref="StopMessage"/> says then.</summary>
    public long StepsTaken { get; }

    /// <summary>A table of the epochs, and below it the reason of the end.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (EpochRecord epoch in Epochs)
        {
            text.Append(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch,3}  loss {epoch.Loss:F5}");
            foreach ((string name, double value) in epoch.Metrics)
                text.Append(CultureInfo.InvariantCulture, $"  {name} {value:F4}");
            if (epoch.Validation is { } validation)
            {
                text.Append(CultureInfo.InvariantCulture, $"  | validation loss {validation.Loss:F5}");
                foreach ((string name, double value) in validation.Metrics)
                    text.Append(CultureInfo.InvariantCulture, $"  {name} {value:F4}");
            }

            text.Append(CultureInfo.InvariantCulture, $"  | {epoch.Elapsed.TotalSeconds:F2} s").Append('\n');
        }

        return text.Append(StopMessage).ToString();
    }
}
