using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Strength·Σᵢ ρ ln(ρ/h̄ᵢ) + (1 − ρ) ln((1 − ρ)/(1 − h̄ᵢ)), with h̄ᵢ the mean of unit i over the batch: draws the mean activation of units between 0 and 1
/// toward ρ. 0 exactly where h̄ = ρ; the gradient in h̄ is −ρ/h̄ + (1 − ρ)/(1 − h̄). Source: book section 7.10; Larochelle, Bengio 2008.
/// </summary>
/// <param name="Strength">α, at least 0.</param>
/// <param name="Hidden">The name of the representation, of values between 0 and 1 such as those of sigmoid units.</param>
/// <param name="Target">ρ, above 0 and below 1.</param>
public sealed record HiddenKl(double Strength, string Hidden, double Target) : Regularizer
{
    /// <summary>ρ, above 0 and below 1.</summary>
    public double Target { get; init => field = Settings.InsideUnit(value); } = Settings.InsideUnit(Target);

    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    private const double Edge = 1e-6;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        double target = Target;
        // Kept off 0 and 1, where the divergence is infinite.
        Variable mean = Ops.Clip(objective.Mean(objective.HiddenOf(Hidden)), Edge, 1.0 - Edge);
        Variable divergence = (target * (Math.Log(target) - mean.Log())) + ((1.0 - target) * (Math.Log(1.0 - target) - (1.0 - mean).Log()));
        return Strength * divergence.Sum();
    }
}
