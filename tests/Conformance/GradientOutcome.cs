namespace Toolkit.Conformance;

/// <summary>How the gradients of a case compare with differences.</summary>
/// <param name="Failure">Why they do not agree; null if they do.</param>
/// <param name="Compared">How many derivatives were compared.</param>
/// <param name="Kinks">How many lie where the function has a kink or an edge, so that differences tell nothing.</param>
internal sealed record GradientOutcome(string? Failure, int Compared = 0, int Kinks = 0);
