using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Strength·Σ ln(1 + hᵢ²), the mean over the batch: a Student-t prior on a hidden representation, which makes it sparse. Source: book section 7.10;
/// Olshausen, Field 1996; Bergstra 2011.</summary>
/// <param name="Strength">α, at least 0.</param>
/// <param name="Hidden">The name of the representation: the full name of a module such as "dense1", or a registered name.</param>
public sealed record HiddenStudentT(double Strength, string Hidden) : Regularizer
{
    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        (Variable sum, Variable count) = objective.Sums((1.0 + objective.HiddenOf(Hidden).Square()).Log());
        return Strength * sum / count;
    }
}
