using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// A Gaussian output whose mean and variance both depend on the input: Σ ½ ln 2πσ² + (y − μ)²/2σ². Source: book section 6.2.2.4; a diagonal covariance
/// made positive by the softplus ζ, as variance, σ² = ζ(s) + floor, or as precision, 1/σ² = ζ(s) + floor.
/// </summary>
/// <remarks>Prediction: [batch, 2n], the means and then the s. Target: real numbers [batch, n]. The precision form needs no division and is the
/// book's choice; the floor keeps the variance (or the variance from growing without bound) where data could be fitted exactly.</remarks>
public sealed record HeteroscedasticGaussian : Likelihood
{
    /// <summary>n: the number of outputs per example; 1 by default.</summary>
    public int Outputs { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>Whether the second half states precisions; false (variances) by default.</summary>
    public bool Precision { get; init; }

    /// <summary>The least variance (or precision), above 0; 10⁻⁴ by default.</summary>
    public double Floor { get; init => field = Settings.Positive(value); } = 1e-4;

    /// <inheritdoc/>
    public override Distribution Of(Variable prediction)
    {
        Targets.Columns(nameof(HeteroscedasticGaussian), prediction, 2 * Outputs);
        IReadOnlyList<Variable> halves = prediction.Split(1, Outputs, Outputs);
        Variable positive = halves[1].Softplus() + Floor;
        return Precision ? Gaussian.OfPrecision(halves[0], positive) : Gaussian.OfVariance(halves[0], positive);
    }
}
