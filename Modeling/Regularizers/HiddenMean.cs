using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Strength·Σᵢ (h̄ᵢ − Target)², with h̄ᵢ the mean of unit i over the batch: draws mean activations toward a value, such as 0.01. Source: book
/// section 7.10 (average activation across several examples); Goodfellow, Le, Saxe, Ng 2009.</summary>
/// <param name="Strength">α, at least 0.</param>
/// <param name="Hidden">The name of the representation.</param>
/// <param name="Target">The mean activation that is wanted.</param>
public sealed record HiddenMean(double Strength, string Hidden, double Target) : Regularizer
{
    /// <summary>The mean activation that is wanted.</summary>
    public double Target { get; init => field = Settings.Finite(value); } = Settings.Finite(Target);

    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective) =>
        Strength * (objective.Mean(objective.HiddenOf(Hidden)) - Target).Square().Sum();
}
