using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// −ln softmax(z)_y for logits z and a class label y: the negative log-likelihood of a multinoulli output. Source: book section 6.2.2.3,
/// equations 6.29 and 6.30. Stable for any finite logits; the gradient with respect to z is q − p (book equation 6.57's form).
/// </summary>
/// <remarks>Prediction: logits [batch, classes], not probabilities. Target: int64 [batch], from 0 to classes − 1; others are an error when it runs, or
/// with <see cref="Smoothing"/> make the loss NaN.</remarks>
public sealed record SoftmaxCrossEntropy : Loss
{
    /// <summary>Label smoothing ε: takes ε of the target's probability away from the true class, in the way of <see cref="SmoothingForm"/>.
    /// 0 (the default) for none. Source: book section 7.5.1.</summary>
    public double Smoothing { get; init => field = Settings.Rate(value); }

    /// <summary>Which distribution <see cref="Smoothing"/> mixes in; the uniform one by default.</summary>
    public SmoothingForm SmoothingForm { get; init; }

    /// <inheritdoc/>
    public override bool ReadsClassLogits => true;

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        int classes = Targets.Classes(nameof(SoftmaxCrossEntropy), prediction, target);
        if (Smoothing == 0.0)
            return Ops.SoftmaxCrossEntropyLoss(prediction, target);
        double other = Smoothing / (SmoothingForm == SmoothingForm.Uniform ? classes : Math.Max(classes - 1, 1));
        double own = SmoothingForm == SmoothingForm.Uniform ? 1.0 - Smoothing + other : 1.0 - Smoothing;
        Variable p = (Ops.OneHot(target, classes, prediction.DType) * (own - other)) + other;
        return Targets.OrNaN(Targets.Between(target, 0, classes - 1), -(p * prediction.LogSoftmax()).Sum([1]));
    }
}
