using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// A loss on class labels that passes over examples without one, which carry the label −1: the mean over the labelled examples of a batch, 0 if there
/// are none; over a whole pass, the mean over all its labelled examples, whatever the size of batches. Unlabelled examples still feed regularizers, such as virtual adversarial training. Source: book section 7.6.
/// </summary>
/// <param name="Inner">The loss of a labelled example.</param>
public sealed record LabelledOnly(Loss Inner) : ComposedLoss
{
    /// <inheritdoc/>
    public override bool ReadsClassLogits => Inner.ReadsClassLogits;

    internal override bool ReadsLogits => Inner.ReadsLogits;

    /// <inheritdoc/>
    public override bool TakesUnlabelled => true;

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target)
    {
        if (target.DType != DType.Int64)
            throw new DTypeException($"{nameof(LabelledOnly)} expects class labels (int64), found {target.Type}.");
        Variable labelled = Ops.GreaterOrEqual(target, Variable.Scalar(0, DType.Int64));
        Variable counts = labelled.Cast(prediction.DType);
        return [.. Inner.Terms(prediction, Ops.Max(target, Variable.Scalar(0, DType.Int64))).Select(term => term.Times(counts))];
    }
}
