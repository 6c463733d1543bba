namespace Toolkit.Modeling.Training;

/// <summary>Where a computation puts out loss and metrics.</summary>
/// <param name="Means">The means over examples.</param>
/// <param name="Sums">What is added up by metrics that are no mean.</param>
internal sealed record Measures(IReadOnlyList<MeanOutput> Means, IReadOnlyList<SumOutput> Sums)
{
    /// <summary>None.</summary>
    public static Measures None { get; } = new([], []);
}

/// <summary>Where a computation puts out what a metric observes of its batch.</summary>
/// <param name="Measure">The number of the measure: 0 for the loss, then the metrics.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Outputs">The outputs to be added up.</param>
/// <param name="Lengths">How many numbers each has.</param>
internal sealed record SumOutput(int Measure, Metrics.Metric Metric, IReadOnlyList<int> Outputs, IReadOnlyList<int> Lengths);
