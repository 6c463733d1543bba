using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Strength·Σ |w|, over weights only: draws small weights to 0 exactly. Source: book section 7.1.2, equation 7.19. The gradient
/// at 0 is taken as 0.</summary>
/// <param name="Strength">α, at least 0.</param>
public sealed record L1(double Strength) : Regularizer
{
    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <summary>The full name of the layer whose weights count, such as "dense1"; null (the default) for all layers.</summary>
    public string? Layer { get; init; }

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable sum = Weights.Sum(objective, Layer, weight => weight.Variable.Abs().Sum());
        return Ops.Hyperparameter(Layer is null ? "l1" : $"l1.{Layer}", Strength).Cast(sum.DType) * sum;
    }
}
