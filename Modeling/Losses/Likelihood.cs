using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>A loss that is the negative log-likelihood, in nats per example, of a distribution whose parameters the model gives. Source: book
/// equation 6.12.</summary>
public abstract record Likelihood : Loss
{
    /// <summary>The distribution that a prediction states: put its mean, quantiles or samples after a trained model.</summary>
    /// <param name="prediction">What the model gives, its first axis the batch.</param>
    /// <exception cref="Toolkit.Autograd.Tensors.ShapeException">The prediction does not have the outputs that the distribution needs.</exception>
    public abstract Distribution Of(Variable prediction);

    /// <inheritdoc/>
    public sealed override Variable PerExample(Variable prediction, Variable target) => Of(prediction).NegativeLogLikelihood(target);
}
