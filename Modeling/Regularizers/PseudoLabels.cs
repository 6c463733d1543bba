using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// α·(mean of −ln P(ŷ | x) over the examples of the batch without a label, −1), with ŷ the class that the model now finds most probable, which counts as
/// constant: trains on unlabelled examples as if the guess were right, which moves borders between classes to where there are few examples. Let α grow as guesses get
/// better: <c>new PseudoLabels(new WarmUp(5000, 3.0))</c>. The soft form is <see cref="EntropyMinimization"/>. Source: Lee, "Pseudo-label", 2013, with its ramp of
/// α; book section 7.6.
/// </summary>
/// <remarks>For losses on class logits that take unlabelled examples, such as <see cref="Toolkit.Modeling.Losses.LabelledOnly"/>. ŷ is from the same pass as the rest:
/// with dropout, of the masked model, as in the paper.</remarks>
/// <param name="Strength">α by step of the training; a number for one that never changes.</param>
public sealed record PseudoLabels(Schedule Strength) : Regularizer
{
    /// <summary>The least probability of ŷ at which an example counts, between 0 and 1; 0 (the default) for all examples.</summary>
    public double Confidence { get; init => field = Settings.Share(value); }

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        objective.RequireClassLogits(nameof(PseudoLabels));
        if (!objective.TakesUnlabelled)
        {
            throw new GraphException(
                $"{nameof(PseudoLabels)} is about examples without a label: expected a loss that takes them, such as {nameof(Losses.LabelledOnly)}, found one that does not.");
        }

        Variable log = objective.Output.LogSoftmax();
        Variable best = log.StopGradient().ReduceMax([1]);
        Variable guess = Ops.OneHot(log.StopGradient().ArgMax(1), objective.Output.Shape[1].Size, log.DType);
        Variable counts = Ops.Less(objective.Target, Variable.Scalar(0, DType.Int64)).Cast(log.DType);
        if (Confidence > 0.0)
            counts *= Ops.GreaterOrEqual(best.Exp(), Variable.Scalar(Confidence, log.DType)).Cast(log.DType);
        Variable mean = -objective.Mean(Probabilities.Times(guess, log).Sum([1]), counts);
        return Strength.Rate(objective.Step).Cast(log.DType) * mean;
    }
}
