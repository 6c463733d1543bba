using System.Globalization;
using System.Text;

namespace Toolkit.Modeling.Training;

/// <summary>The course of a training: a record for each epoch, and why it ended.</summary>
public sealed class History
{
    internal History(IReadOnlyList<EpochRecord> epochs, StopReason stopReason, string stopMessage, int? bestEpoch, long? bestStep, long stepsTaken, IReadOnlyList<string> warnings)
    {
        Epochs = epochs;
        StopReason = stopReason;
        StopMessage = stopMessage;
        BestEpoch = bestEpoch;
        BestStep = bestStep;
        StepsTaken = stepsTaken;
        Warnings = warnings;
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

    /// <summary>What of this call of <see cref="Trainer.Fit"/> is allowed and hardly ever meant: a softmax or sigmoid before a loss that takes logits, examples that are sorted by their labels
    /// and not shuffled, a first step that changes the weights by more than their length or not at all. Each is also reported when it is noticed
    /// (<see cref="Callback.OnWarning"/>).</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>A table of the epochs, and below it the reason of the end and the warnings.</summary>
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

        text.Append(StopMessage);
        foreach (string warning in Warnings)
            text.Append("\nwarning: ").Append(warning);
        return text.ToString();
    }
}
