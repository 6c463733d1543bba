namespace Toolkit.Modeling.Training;

/// <summary>Where a computation puts out a mean over the examples of its batch, or one of several that are added up.</summary>
/// <param name="Measure">The number of the measure: 0 for the loss, then the metrics.</param>
/// <param name="Value">The output that holds Σ w·m·v, or with <paramref name="IsMean"/> the mean of v itself.</param>
/// <param name="Weight">The output that holds Σ w·m; null where each example counts once.</param>
/// <param name="IsMean">Whether <paramref name="Value"/> is divided by the number of examples already.</param>
internal readonly record struct MeanOutput(int Measure, int Value, int? Weight, bool IsMean = false);
