namespace Toolkit.Modeling.Training;

/// <summary>What one epoch has brought.</summary>
public sealed record EpochRecord
{
    /// <summary>The number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The mean loss of the training examples without penalties, each measured in the step that learned from it (so with dropout,
    /// and while the parameters were moving).</summary>
    public required double Loss { get; init; }

    /// <summary>The same with penalties: what the steps made small.</summary>
    public required double Objective { get; init; }

    /// <summary>The metrics of the training examples by name, measured like <see cref="Loss"/>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Loss and metrics of the validation set after the epoch; null if there was none.</summary>
    public Evaluation? Validation { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How many examples were learned from.</summary>
    public required long Examples { get; init; }

    /// <summary>How long the epoch took, validation included.</summary>
    public required TimeSpan Elapsed { get; init; }
}
