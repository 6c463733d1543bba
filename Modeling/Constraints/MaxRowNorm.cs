using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Constraints;

/// <summary>Keeps the length of the weights that go out of each input unit of a dense layer at most <paramref name="Limit"/>: a row w of [inputs, outputs]
/// that is longer becomes Limit·w/‖w‖. Source: book section 7.2.</summary>
/// <param name="Limit">The greatest length, above 0.</param>
public sealed record MaxRowNorm(double Limit) : Constraint
{
    /// <summary>The greatest length, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    /// <inheritdoc/>
    public override bool AppliesTo(Parameter parameter) => base.AppliesTo(parameter) && parameter.Shape.Rank == 2;

    /// <inheritdoc/>
    public override Variable Project(Variable newValue, Parameter parameter) =>
        Norms.Shortened(newValue, Variable.Scalar(Limit, newValue.DType), [1]);
}
