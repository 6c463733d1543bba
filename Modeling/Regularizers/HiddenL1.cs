using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Strength·Σ |hᵢ|, the mean over the batch: makes a hidden representation sparse. Source: book section 7.10, equation 7.48 with
/// Ω(h) = ‖h‖₁.</summary>
/// <param name="Strength">α, at least 0.</param>
/// <param name="Hidden">The name of the representation: the full name of a module such as "dense1", or a registered name.</param>
public sealed record HiddenL1(double Strength, string Hidden) : Regularizer
{
    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        (Variable sum, Variable count) = objective.Sums(objective.HiddenOf(Hidden).Abs());
        return Strength * sum / count;
    }
}
