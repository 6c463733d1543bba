using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Strength·‖∂h/∂x‖²_F, the mean over the batch: makes a hidden representation insensitive to the input, except where reconstruction needs it. For a
/// sigmoid layer it is Σᵢ (hᵢ(1 − hᵢ))²‖Wᵢ‖². Source: book section 7.14 (contractive autoencoder, of the manifold tangent classifier) and 14.7;
/// Rifai et al. 2011.
/// </summary>
/// <remarks>By default exact, one gradient for each hidden unit, which are the turns of one loop; with <see cref="Projections"/> an unbiased estimate from so many random directions.</remarks>
/// <param name="Strength">λ, at least 0.</param>
/// <param name="Hidden">The name of the representation, [batch, units].</param>
public sealed record Contractive(double Strength, string Hidden) : Regularizer
{
    /// <summary>λ, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <summary>The number of random directions ±1 of the estimate E‖Jᵀr‖² = ‖J‖²; 0 (the default) for the exact sum.</summary>
    public int Projections { get; init => field = Settings.AtLeastZero(value); }

    /// <summary>Selects the random directions; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable hidden = objective.HiddenOf(Hidden);
        if (hidden.Shape.Rank != 2)
            throw new ShapeException($"{nameof(Contractive)} expects a representation of shape [batch, units], found {hidden.Shape}.");
        (Variable sum, Variable count) = Projections == 0 ? Exact(hidden, objective) : Estimate(hidden, objective);
        return Strength * sum / count;
    }

    private static (Variable Sum, Variable Count) Exact(Variable hidden, Objective objective)
    {
        (_, Variable count) = objective.Sums(hidden);
        int units = hidden.Shape[1].Size;
        (IReadOnlyList<Variable> sums, _) = Ops.Scan([Variable.Scalar(0.0, hidden.DType)], [Variable.Of(Value.Of([.. Enumerable.Range(0, units).Select(unit => (long)unit)], units))], (sum, unit) =>
        {
            Variable own = hidden * Ops.OneHot(unit[0], units, hidden.DType);
            return ([sum[0] + objective.Sums(objective.GradientPerCopy(own, objective.Input).Square()).Sum], []);
        });
        return (sums[0], count);
    }

    private (Variable Sum, Variable Count) Estimate(Variable hidden, Objective objective)
    {
        Distributions.RandomStream random = objective.Random(nameof(Contractive), Seed);
        Variable? sum = null, count = null;
        for (int i = 0; i < Projections; i++)
        {
            Variable sign = (random.Fork(i).Uniform(hidden.Shape, hidden.DType, hidden) - 0.5).Sign();
            (Variable square, count) = objective.Sums(objective.GradientPerCopy(hidden * sign, objective.Input).Square());
            sum = sum is null ? square : sum + square;
        }

        return (sum! / Projections, count!);
    }
}
