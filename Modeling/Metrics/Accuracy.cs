using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Metrics;

/// <summary>
/// The share of examples whose class is recognized (book section 5.1.2). With logits or probabilities [batch, classes], the class is that
/// of the greatest (the first at a tie); with one logit per example ([batch] or [batch, 1]), class 1 is a logit above 0.
/// </summary>
/// <remarks>Target: int64 [batch], or for a single logit also real numbers, 1 being class 1 and 0 class 0. An example with NaN in its prediction, or with a target
/// that is no class, is not recognized.</remarks>
public sealed record Accuracy : MeanMetric
{
    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        if (prediction.Shape.Rank == 1 || (prediction.Shape.Rank == 2 && prediction.Shape[1] == 1))
        {
            Variable logit = prediction.Shape.Rank == 1 ? prediction : prediction.Reshape([prediction.Shape[0]]);
            Variable actual = Targets.Align(nameof(Accuracy), logit, target.Cast(logit.DType));
            Variable right = Ops.Equal(Ops.Greater(logit, 0.0).Cast(logit.DType), actual);
            return new And().Apply(right, Ops.Equal(logit, logit)).Cast(logit.DType);
        }

        Targets.Classes(nameof(Accuracy), prediction, target);
        return new And().Apply(Ops.Equal(prediction.ArgMax(1), target), Targets.WithoutNaN(prediction)).Cast(prediction.DType);
    }
}
