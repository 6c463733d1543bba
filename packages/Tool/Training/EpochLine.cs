using Toolkit.Modeling.Training;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Training;

/// <summary>Shows a line for each epoch.</summary>
internal sealed class EpochLine(Progress progress) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Completed is { } epoch)
        {
            progress.Show(FormattableString.Invariant(
                $"epoch {epoch.Epoch} of at most {value.Epochs}: loss {epoch.Loss:F4}{(epoch.Validation is { } watched ? FormattableString.Invariant($", validation loss {watched.Loss:F4}") : "")}, {epoch.Elapsed.TotalSeconds:F1} s"));
        }
    }
}
