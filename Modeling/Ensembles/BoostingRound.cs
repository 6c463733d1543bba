namespace Toolkit.Modeling.Ensembles;

/// <summary>One round of boosting.</summary>
/// <param name="Error">ε: the weighted share of the examples that the member gets wrong.</param>
/// <param name="Weight">α = ln((1 − ε)/ε) + ln(classes − 1): how much its vote counts.</param>
public sealed record BoostingRound(double Error, double Weight);
