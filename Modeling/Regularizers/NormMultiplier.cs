using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// The constraint Ω(θ) ≤ k as a generalized Lagrangian: adds α·(Ω(θ) − k) with Ω = ½‖w‖² (over all weights), and lets the multiplier α climb its gradient,
/// α ← max(0, α + Rate·(Ω − k)), with each step. Where the constraint is not active, α goes to 0. Source: book section 7.2, equations 7.25 to 7.27.
/// </summary>
/// <param name="Limit">k, above 0: half the square of the greatest length.</param>
public sealed record NormMultiplier(double Limit) : Regularizer
{
    /// <summary>k, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    /// <summary>How fast α climbs, above 0; 0.01 by default.</summary>
    public double Rate { get; init => field = Settings.Positive(value); } = 0.01;

    /// <summary>The name of the state parameter that holds α, a scalar; give each of several its own.</summary>
    public string Name { get; init; } = "multiplier";

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        double limit = Limit;
        Variable excess = (0.5 * Weights.Sum(objective, null, weight => weight.Variable.Square().Sum())) - limit;
        Parameter multiplier = objective.Remember(Name, Value.Zeros(objective.Loss.DType));
        objective.Update(multiplier, Ops.Max(multiplier + (Rate * excess), 0.0));
        return multiplier * excess;
    }
}
