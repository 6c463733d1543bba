namespace Toolkit.Modeling.Ensembles;

/// <summary>What boosting has brought.</summary>
/// <param name="Ensemble">The ensemble of votes.</param>
/// <param name="Rounds">The rounds, one for each member.</param>
public sealed record Boosted(TrainedEnsemble Ensemble, IReadOnlyList<BoostingRound> Rounds);
