using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Losses;

/// <summary>A <see cref="LossTerm"/> with the weights of its examples: Σ w·m·l/Σ w·m.</summary>
/// <param name="PerExample">l, [n].</param>
/// <param name="Counts">m, [n]; null if each example counts once.</param>
/// <param name="Weight">w, [n]; null if there are none.</param>
internal sealed record CountedTerm(Variable PerExample, Variable? Counts, Variable? Weight);
