using System.Globalization;
using System.Text;

namespace Toolkit.Modeling.Training;

/// <summary>The course of a training: a record for each epoch, and why it ended.</summary>
public sealed class History
{
    internal History(IReadOnlyList<EpochRecord> epochs, StopReason stopReason, string stopMessage, int? bestEpoch)
    {
        Epochs = epochs;
        StopReason = stopReason;
        StopMessage = stopMessage;
        BestEpoch = bestEpoch;
    }

    /// <summary>The epochs from the first on, those before a resumption included.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; }

    /// <summary>Why the training ended.</summary>
    public StopReason StopReason { get; }

    /// <summary>Why the training ended, in words, and which parameters the model has now.</summary>
    public string StopMessage { get; }

    /// <summary>With early stopping, the number of the epoch that was best on the validation set; otherwise null.</summary>
    public int? BestEpoch { get; }

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
