using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Strength·Σₖ‖(∂f/∂x)·vₖ‖², the mean over the batch: keeps the output f from changing along tangents vₖ of the data manifold, such as small shifts and
/// rotations. Source: book section 7.14, equation 7.67; Simard et al., "Tangent prop", 1992. For a linear f it equals augmentation by x + Σ vₖηₖ with
/// noise η of variance Strength, in expectation.
/// </summary>
/// <param name="Strength">λ, at least 0.</param>
/// <param name="Tangents">The tangents vₖ at inputs x: variables of x's shape, built from x or constants. No gradient flows through them.</param>
public sealed record TangentProp(double Strength, Func<Variable, IReadOnlyList<Variable>> Tangents) : Regularizer
{
    /// <summary>λ, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable? sum = null, count = null;
        foreach (Variable tangent in Tangents(objective.Input))
        {
            Variable v = tangent.StopGradient();
            if (v.Shape.Rank > objective.Input.Shape.Rank)
                throw new ShapeException($"{nameof(TangentProp)} expects tangents of the input's shape {objective.Input.Shape}, found {v.Shape}.");
            (Variable square, count) = objective.Sums(ForwardMode.Derivative(objective.Output, objective.Input, v).Square());
            sum = sum is null ? square : sum + square;
        }

        if (sum is null)
            throw new ArgumentException($"{nameof(TangentProp)} expects at least one tangent, found none.");
        return Strength * sum / count!;
    }
}
