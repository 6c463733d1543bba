namespace Toolkit.Samples.FineTune.Studies;

/// <summary>An accuracy on the test examples.</summary>
/// <param name="Name">What was trained.</param>
/// <param name="Accuracy">The share of examples that are right.</param>
internal sealed record StudyFigure(string Name, double Accuracy);
