namespace Toolkit.Modeling.Training;

/// <summary>
/// Ends a training when it no longer gets better on the validation set, and gives the model the parameters with which it was best, together with what the
/// optimizer remembered then. Source: book section 7.8, algorithm 7.1.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>p: how many evaluations in a row without improvement end the training; 5 by default.</summary>
    public int Patience { get; init => field = Settings.AtLeastOne(value); } = 5;

    /// <summary>n: how many steps lie between two evaluations that are watched, at least 1, counted from the beginning of the training across epochs; null (the
    /// default) for one evaluation after each epoch.</summary>
    public int? StepsBetweenEvaluations { get; init => field = value is { } given ? Settings.AtLeastOne(given, nameof(StepsBetweenEvaluations)) : null; }

    /// <summary>What is watched on the validation set: "loss" (the default) or the name of one of the trainer's metrics. Lower losses are better; a metric says
    /// itself which way is (<see cref="Toolkit.Modeling.Metrics.Metric.HigherIsBetter"/>).</summary>
    public string Monitor { get; init; } = "loss";

    /// <summary>By how much a value must be better than the best so far to count as an improvement, at least 0; 0 by default.</summary>
    public double MinimumImprovement { get; init => field = Settings.NotNegative(value); }
}
