using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Distributions;

/// <summary>Independent Laplace distributions: −ln p(y) = Σ |y − μ|/b + ln 2b over the outputs of an example. Variance 2b². Source: book
/// equation 3.26; as a prior on weights, equation 7.24.</summary>
/// <param name="Center">μ, the mean and the median, of shape [batch, …].</param>
/// <param name="Scale">b, above 0, of μ's shape or one that broadcasts to it.</param>
public sealed record Laplace(Variable Center, Variable Scale) : Distribution
{
    /// <inheritdoc/>
    public override Variable Mean => Center;

    /// <inheritdoc/>
    public override Variable Variance => (2.0 * Scale.Square()) + (0.0 * Center);

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target)
    {
        Variable y = Targets.Align(nameof(Laplace), Center, target);
        return Targets.SumPerExample(((y - Center).Abs() / Scale) + (2.0 * Scale).Log());
    }

    /// <inheritdoc/>
    public override Variable Quantile(double level)
    {
        double p = Level(level);
        return Center + ((p < 0.5 ? Math.Log(2.0 * p) : -Math.Log(2.0 * (1.0 - p))) * Scale);
    }

    /// <inheritdoc/>
    public override Variable Sample(RandomStream random)
    {
        // An exponential number with a random sign.
        Variable size = -(1.0 - random.Uniform(Center.Shape, Center.DType, Center)).Log();
        Variable sign = Ops.Where(Ops.Less(random.Fork(1).Uniform(Center.Shape, Center.DType, Center), 0.5), -size, size);
        return Center + (Scale * sign);
    }
}
