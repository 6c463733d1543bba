namespace Toolkit.Modeling.Training;

/// <summary>
/// Ends a training when it no longer gets better on the validation set, and gives the model the parameters with which it was best. Source:
/// book section 7.8, algorithm 7.1, with one epoch between evaluations.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>p: how many epochs in a row without improvement end the training; 5 by default.</summary>
    public int Patience { get; init => field = Settings.AtLeastOne(value); } = 5;

    /// <summary>What is watched on the validation set: "loss" (the default) or the name of one of the trainer's metrics.</summary>
    public string Monitor { get; init; } = "loss";

    /// <summary>By how much a value must be better than the best so far to count as an improvement, at least 0; 0 by default.</summary>
    public double MinimumImprovement { get; init => field = Settings.NotNegative(value); }
}
