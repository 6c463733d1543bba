namespace Toolkit.Samples.BookResults;

/// <summary>One number that an experiment brings out.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Value">The number.</param>
/// <param name="Published">The figure of the literature or the exact value, in words; null if there is none.</param>
internal sealed record Figure(string Name, double Value, string? Published = null);
