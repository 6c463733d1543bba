using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// A loss on class labels that passes over examples without one, which carry the label −1: the mean over the labelled examples of a batch, 0 if there
/// are none. Unlabelled examples still feed regularizers, such as virtual adversarial training. Source: book section 7.6.
/// </summary>
/// <remarks>Each labelled example counts (batch size / labelled examples) times, so that the batch mean is the mean over labelled ones.</remarks>
/// <param name="Inner">The loss of a labelled example.</param>
public sealed record LabelledOnly(Loss Inner) : Loss
{
    /// <inheritdoc/>
    public override bool ReadsClassLogits => Inner.ReadsClassLogits;

    /// <inheritdoc/>
    public override bool TakesUnlabelled => true;

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        if (target.DType != DType.Int64)
            throw new DTypeException($"{nameof(LabelledOnly)} expects class labels (int64), found {target.Type}.");
        Variable labelled = Ops.GreaterOrEqual(target, Variable.Scalar(0, DType.Int64));
        Variable count = labelled.Cast(prediction.DType).Sum();
        Variable loss = Inner.PerExample(prediction, Ops.Max(target, Variable.Scalar(0, DType.Int64)));
        return Ops.Where(labelled, loss, 0.0) * (Ops.Size(target.Shape[0], prediction.DType) / Ops.Max(count, 1.0));
    }
}
