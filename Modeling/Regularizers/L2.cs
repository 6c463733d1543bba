using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Weight decay: ½·Strength·Σ w², over weights only; biases and scales are left alone. Source: book section 7.1.1, equation
/// 7.2. Adds Strength·w to the gradient of each weight.</summary>
/// <param name="Strength">α, at least 0.</param>
public sealed record L2(double Strength) : Regularizer
{
    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <summary>The full name of the layer whose weights count, such as "dense1"; null (the default) for all layers.</summary>
    public string? Layer { get; init; }

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable sum = Weights.Sum(objective, Layer, weight => weight.Variable.Square().Sum());
        return (0.5 * Ops.Hyperparameter(Layer is null ? "l2" : $"l2.{Layer}", Strength)).Cast(sum.DType) * sum;
    }
}
