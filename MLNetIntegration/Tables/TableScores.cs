namespace Toolkit.Tables;

/// <summary>What a scoring of a table has done, by all processes together.</summary>
/// <param name="Parts">The parts that there are now, one for each group of rows.</param>
/// <param name="NewParts">How many of them this run has made; the others were there.</param>
/// <param name="NewRows">The rows of those that this run has made.</param>
public sealed record TableScores(long Parts, long NewParts, long NewRows);
