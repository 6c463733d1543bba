namespace Toolkit.Modeling.Data;

/// <summary>One record of a table of text.</summary>
/// <param name="Line">The number of the line on which the record begins, from 1.</param>
/// <param name="Fields">The fields, without quotes.</param>
public sealed record CsvRow(long Line, IReadOnlyList<string> Fields);
