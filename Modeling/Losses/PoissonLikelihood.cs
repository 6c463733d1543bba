using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>Counts of rate λ = e^z: Σ e^z − y·z + ln y!. Source: book section 6.2.2.4 (other output types by maximum likelihood).</summary>
/// <remarks>Prediction: log-rates z, [batch, …]. Target: counts as real numbers of the same shape.</remarks>
public sealed record PoissonLikelihood : Likelihood
{
    /// <inheritdoc/>
    public override Distribution Of(Variable prediction) => new Poisson(prediction);
}
