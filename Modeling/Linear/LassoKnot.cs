namespace Toolkit.Modeling.Linear;

/// <summary>A place on the path of the lasso where the set of non-zero weights changes.</summary>
/// <param name="Strength">α.</param>
/// <param name="Feature">The feature that joins or leaves; −1 at the end of the path, α = 0.</param>
/// <param name="Joins">Whether it joins.</param>
/// <param name="Weights">w at this α; linear in α between two knots.</param>
public sealed record LassoKnot(double Strength, int Feature, bool Joins, IReadOnlyList<double> Weights);
