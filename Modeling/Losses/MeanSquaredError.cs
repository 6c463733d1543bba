using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// (ŷ − y)², averaged over the outputs of an example: up to constants the negative log-likelihood of a Gaussian output of fixed variance.
/// Source: book equation 5.4 and section 6.2.2.1.
/// </summary>
/// <remarks>Prediction and target: real numbers of the same shape; axes of size 1 after the batch do not matter.</remarks>
public sealed record MeanSquaredError : Loss
{
    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        Variable y = Targets.Align(nameof(MeanSquaredError), prediction, target);
        return Targets.MeanPerExample((prediction - y).Square());
    }
}
