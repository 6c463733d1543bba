namespace Toolkit.Samples.Tabular;

/// <summary>A setting of a trainer and the values that a search draws from; the first is what the trainer does by itself.</summary>
internal sealed record Choice(string Name, params IReadOnlyList<double> Values);
