using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Distributions;

/// <summary>
/// Independent Gaussians: −ln p(y) = Σ ½((y − μ)/σ)² + ln σ + ½ ln 2π over the outputs of an example. With a precision β = 1/σ² this is
/// ½β(y − μ)² − ½ ln β + ½ ln 2π. Source: book sections 6.2.2.1 and 6.2.2.4.
/// </summary>
/// <param name="Center">μ, of shape [batch, …].</param>
/// <param name="Deviation">σ, above 0, of μ's shape or one that broadcasts to it.</param>
public sealed record Gaussian(Variable Center, Variable Deviation) : Distribution
{
    /// <inheritdoc/>
    public override Variable Mean => Center;

    /// <inheritdoc/>
    public override Variable Variance => Deviation.Square() + (0.0 * Center);

    /// <summary>Gaussians of given precisions.</summary>
    /// <param name="mean">μ.</param>
    /// <param name="precision">β, above 0.</param>
    public static Gaussian OfPrecision(Variable mean, Variable precision) => new(mean, 1.0 / precision.Sqrt());

    /// <summary>Gaussians of given variances.</summary>
    /// <param name="mean">μ.</param>
    /// <param name="variance">σ², above 0.</param>
    public static Gaussian OfVariance(Variable mean, Variable variance) => new(mean, variance.Sqrt());

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target)
    {
        Variable y = Targets.Align(nameof(Gaussian), Center, target);
        return Targets.SumPerExample((0.5 * ((y - Center) / Deviation).Square()) + Deviation.Log() + (0.5 * Math.Log(2.0 * Math.PI)));
    }

    /// <inheritdoc/>
    public override Variable Quantile(double level) => Center + (NormalQuantile.Of(Level(level)) * Deviation);

    /// <inheritdoc/>
    public override Variable Sample(RandomStream random) => Center + (Deviation * random.Normal(Center.Shape, Center.DType, Center));
}
