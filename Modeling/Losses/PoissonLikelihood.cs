using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>Counts of rate λ = e^z: Σ e^z − y·z + ln y!. Source: book section 6.2.2.4 (other output types by maximum likelihood).</summary>
/// <remarks>Prediction: log-rates z, [batch, …]. Target: counts as real numbers of the same shape: whole and at least 0. The loss of an example with another
/// target is NaN.</remarks>
public sealed record PoissonLikelihood : Likelihood
{
    /// <inheritdoc/>
    public override Distribution Of(Variable prediction) => new Poisson(prediction);

    /// <inheritdoc/>
    protected internal override string? TargetFault(ReadOnlySpan<float> target, int outputs)
    {
        foreach (float y in target)
        {
            if (!(y >= 0f && y == MathF.Floor(y)))
                return FormattableString.Invariant($"expected a count, a whole number of at least 0, found {y}");
        }

        return null;
    }
}
