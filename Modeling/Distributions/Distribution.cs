using System.Globalization;
using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Distributions;

/// <summary>
/// What a model states about the target of each example: a probability distribution whose parameters are variables of the graph. So its mean,
/// variance and quantiles can be outputs of an exported model; samples are for use here, since ONNX has no
/// operator for these random numbers. Source: book section 6.2.2, output units as parameters of a distribution.
/// </summary>
public abstract record Distribution
{
    /// <summary>The expected value of each output.</summary>
    public abstract Variable Mean { get; }

    /// <summary>The variance of each output, in squared units of the target.</summary>
    public abstract Variable Variance { get; }

    /// <summary>−ln p(y) in nats, of shape [batch]: a density for real targets, a probability for counts and labels.</summary>
    /// <param name="target">y, of the shape of <see cref="Mean"/> unless the distribution says otherwise.</param>
    public abstract Variable NegativeLogLikelihood(Variable target);

    /// <summary>The number that each output stays below or at with a given probability, output by output.</summary>
    /// <param name="level">The probability, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    /// <exception cref="NotSupportedException">The outputs have no order, or depend on each other in a way that leaves no formula.</exception>
    public abstract Variable Quantile(double level);

    /// <summary>One draw for each example.</summary>
    /// <param name="random">The random numbers; the same stream gives the same draw.</param>
    public abstract Variable Sample(RandomStream random);

    /// <summary>A probability, if it is strictly between 0 and 1.</summary>
    private protected static double Level(double level) => level is > 0.0 and < 1.0
        ? level
        : throw new ArgumentOutOfRangeException(nameof(level), level, $"Expected a probability above 0 and below 1, found {level.ToString(CultureInfo.InvariantCulture)}.");
}
