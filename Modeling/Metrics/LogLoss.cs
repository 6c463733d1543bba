using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Metrics;

/// <summary>−ln p_y in nats, for the probability p that the model gives to the class y of an example, whatever it was trained with. Source: book section 5.5, equation 5.59.</summary>
/// <remarks>Prediction: logits [batch, classes], or one logit of class 1 per example. Target: int64 [batch]. It is NaN for a target that is no class.</remarks>
public sealed record LogLoss : MeanMetric
{
    /// <inheritdoc/>
    public override string Name => "log loss";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        if (Guesses.Single(prediction) is { } logit)
            return new BinaryCrossEntropy().PerExample(logit, target);
        int classes = Targets.Classes(nameof(LogLoss), prediction, target);
        Variable valid = Targets.Between(target, 0, classes - 1);
        return Targets.OrNaN(valid, new SoftmaxCrossEntropy().PerExample(prediction, Ops.Where(valid, target, Variable.Scalar(0, DType.Int64))));
    }
}
