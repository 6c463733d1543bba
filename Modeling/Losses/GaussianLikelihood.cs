using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>A Gaussian output of fixed variance, Σ (y − μ)²/2σ² + ½ ln 2πσ²: half the squared error up to constants. Source: book section 6.2.2.1,
/// equations 6.17 and 6.18; the optimal fixed variance is the mean squared residual.</summary>
/// <remarks>Prediction: the means μ, [batch, …]. Target: real numbers of the same shape.</remarks>
public sealed record GaussianLikelihood : Likelihood
{
    /// <summary>σ², above 0; 1 by default.</summary>
    public double Variance { get; init => field = Settings.Positive(value); } = 1.0;

    /// <inheritdoc/>
    public override Distribution Of(Variable prediction) =>
        new Gaussian(prediction, Variable.Scalar(Math.Sqrt(Variance), prediction.DType));
}
