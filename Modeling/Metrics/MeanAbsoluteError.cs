using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Metrics;

/// <summary>|ŷ − y|, averaged over the outputs of an example. Target: real numbers of the prediction's shape.</summary>
public sealed record MeanAbsoluteError : MeanMetric
{
    /// <inheritdoc/>
    public override string Name => "mean absolute error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        Variable y = Targets.Align(nameof(MeanAbsoluteError), prediction, target);
        return Targets.MeanPerExample((prediction - y).Abs());
    }
}
