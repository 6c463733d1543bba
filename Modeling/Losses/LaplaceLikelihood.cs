using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>A Laplace output of fixed scale, Σ |y − μ|/b + ln 2b: the absolute error up to constants, whose best prediction is the median. Source:
/// book section 6.2.1.2, equation 6.16.</summary>
/// <remarks>Prediction: the medians μ, [batch, …]. Target: real numbers of the same shape. The gradient at y = μ is taken as 0.</remarks>
public sealed record LaplaceLikelihood : Likelihood
{
    /// <summary>b, above 0; 1 by default.</summary>
    public double Scale { get; init => field = Settings.Positive(value); } = 1.0;

    /// <inheritdoc/>
    public override Distribution Of(Variable prediction) => new Laplace(prediction, Variable.Scalar(Scale, prediction.DType));
}
