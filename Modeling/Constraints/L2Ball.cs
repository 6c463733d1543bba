using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Constraints;

/// <summary>Keeps the Euclidean length of each weight tensor at most <paramref name="Limit"/>: w·min(1, Limit/‖w‖), the nearest point of the ball. With the
/// multiplier α = ‖w‖/Limit − 1 of the KKT conditions, w/(1 + α). Source: book section 7.2, equations 7.25 to 7.28.</summary>
/// <param name="Limit">The radius, above 0.</param>
public sealed record L2Ball(double Limit) : Constraint
{
    /// <summary>The radius, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    /// <inheritdoc/>
    public override Variable Project(Variable newValue, Parameter parameter) =>
        Norms.Shortened(newValue, Variable.Scalar(Limit, newValue.DType), Norms.AllAxes(newValue));
}
