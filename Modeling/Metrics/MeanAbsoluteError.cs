using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Metrics;

/// <summary>|ŷ − y|, averaged over the outputs of an example. Target: real numbers of the shape of ŷ.</summary>
public sealed record MeanAbsoluteError : MeanMetric
{
    /// <summary>The loss whose distribution the prediction states, such as <see cref="HeteroscedasticGaussian"/>: ŷ is the mean of that distribution. Null (the default) where the prediction is ŷ
    /// itself.</summary>
    public Likelihood? Likelihood { get; init; }

    /// <inheritdoc/>
    public override string Name => "mean absolute error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        Variable mean = Likelihood?.Of(prediction).Mean ?? prediction;
        Variable y = Targets.Align(nameof(MeanAbsoluteError), mean, target);
        return Targets.MeanPerExample((mean - y).Abs());
    }
}
