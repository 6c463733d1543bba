using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Strength·Σₖ‖(∂f/∂x)·vₖ‖², the mean over the batch: keeps the output f from changing along tangents vₖ of the data manifold, such as small shifts and
/// rotations. Source: book section 7.14, equation 7.67; Simard et al., "Tangent prop", 1992. For a linear f it equals augmentation by x + Σ vₖηₖ with
/// noise η of variance Strength, in expectation.
/// </summary>
public sealed record TangentProp : Regularizer
{
    private readonly Func<Objective, IReadOnlyList<Variable>> tangents;

    /// <summary>Tangents that are computed from the input.</summary>
    /// <param name="strength">λ, at least 0.</param>
    /// <param name="tangents">The tangents vₖ at inputs x: variables of x's shape, built from x or constants. No gradient flows through them.</param>
    public TangentProp(double strength, Func<Variable, IReadOnlyList<Variable>> tangents)
    {
        Strength = strength;
        this.tangents = objective => tangents(objective.Input);
    }

    /// <summary>Tangents that the examples carry, each its own (<see cref="Manifolds.TangentData"/>).</summary>
    /// <param name="strength">λ, at least 0.</param>
    /// <param name="field">The name of the field, of shape [tangents, …] with the shape of the input behind.</param>
    public TangentProp(double strength, string field)
    {
        Strength = strength;
        tangents = objective => Of(objective.Input, objective.Fields[field], field);
    }

    /// <summary>λ, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); }

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable? sum = null, count = null;
        foreach (Variable tangent in tangents(objective))
        {
            Variable v = tangent.StopGradient();
            if (v.Shape.Rank > objective.Input.Shape.Rank)
                throw new ShapeException($"{nameof(TangentProp)} expects tangents of the input's shape {objective.Input.Shape}, found {v.Shape}.");
            (Variable square, count) = objective.Sums(Gradient.PushForward(objective.Output, objective.Input, v.ExpandLike(objective.Input)).Square());
            sum = sum is null ? square : sum + square;
        }

        if (sum is null)
            throw new ArgumentException($"{nameof(TangentProp)} expects at least one tangent, found none.");
        return Strength * sum / count!;
    }

    private static Variable[] Of(Variable input, Variable all, string field)
    {
        bool fits = all.Shape.Rank == input.Shape.Rank + 1 && all.Shape[1].IsStatic && all.Shape.Skip(2).SequenceEqual(input.Shape.Skip(1));
        return fits ? [.. Enumerable.Range(0, all.Shape[1].Size).Select(k => all.Slice(1, k, k + 1).Reshape(input.Shape))]
            : throw new ShapeException(
                $"{nameof(TangentProp)} expects the field \"{field}\" of shape [batch, tangents, {string.Join(", ", input.Shape.Skip(1))}], found {all.Shape}.");
    }
}
