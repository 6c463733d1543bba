using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Metrics;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>|ŷ − y| in the units of a label that was divided by its deviation: |ŷ − y| · deviation, [batch, 1] each, of the first output where there are several.</summary>
/// <param name="Deviation">The deviation.</param>
internal sealed record ErrorInUnits(double Deviation) : MeanMetric
{
    /// <inheritdoc/>
    public override string Name => "mean absolute error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target) =>
        (prediction.Slice(1, 0, 1) - target).Abs().Sum([1]) * Deviation;
}
