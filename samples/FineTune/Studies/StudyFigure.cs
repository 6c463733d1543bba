namespace Toolkit.Samples.FineTune.Studies;

/// <summary>An accuracy on the test examples.</summary>
/// <param name="Name">What was trained.</param>
/// <param name="Accuracy">The share of examples that are right.</param>
/// <param name="Note">How it came about.</param>
internal sealed record StudyFigure(string Name, double Accuracy, string Note = "");
