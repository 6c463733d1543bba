namespace Toolkit.Modeling.Diagnostics;

/// <summary>A step of a learning rate range test.</summary>
/// <param name="LearningRate">The rate.</param>
/// <param name="Loss">The mean loss of its batch.</param>
/// <param name="Smoothed">The moving mean of the losses so far.</param>
public sealed record LearningRatePoint(double LearningRate, double Loss, double Smoothed);
