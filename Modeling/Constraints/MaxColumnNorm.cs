using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Constraints;

/// <summary>
/// Keeps the length of the weights that come into each hidden unit at most <paramref name="Limit"/>: a column w of the weight matrix that is
/// longer becomes Limit·w/‖w‖. Source: book section 7.2; Srebro, Shraibman 2005; Hinton et al., "Improving neural networks by preventing
/// co-adaptation", 2012.
/// </summary>
/// <remarks>The weights of one unit are a column, axis 0, of a dense layer's [inputs, outputs], and all axes but the first of a
/// convolution's [outputs, channels, height, width].</remarks>
/// <param name="Limit">The greatest length, above 0.</param>
public sealed record MaxColumnNorm(double Limit) : Constraint
{
    /// <summary>The greatest length, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    /// <inheritdoc/>
    public override bool AppliesTo(Parameter parameter) => base.AppliesTo(parameter) && parameter.Shape.Rank >= 2;

    /// <inheritdoc/>
    public override Variable Project(Variable newValue, Parameter parameter)
    {
        IntList incoming = parameter.Shape.Rank == 2 ? [0] : [.. Enumerable.Range(1, parameter.Shape.Rank - 1)];
        return Norms.Shortened(newValue, Variable.Scalar(Limit, newValue.DType), incoming);
    }
}
