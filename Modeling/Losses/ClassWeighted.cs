using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>A loss on class labels whose examples count by their class: the mean is Σ w_y·loss/Σ w_y, as if an example were there w_y times. Weights that are the
/// inverse of the frequencies make rare classes count as much as common ones. Source: the weighted mean of PyTorch's losses.</summary>
/// <remarks>Prediction: what the inner loss takes. Target: labels, int64 [batch].</remarks>
public sealed record ClassWeighted : ComposedLoss
{
    /// <summary>A weighted loss.</summary>
    /// <param name="inner">The loss of an example.</param>
    /// <param name="weights">The weight of each class, at least 0.</param>
    /// <exception cref="ArgumentException">There are no weights, or one is negative.</exception>
    public ClassWeighted(Loss inner, params ReadOnlySpan<double> weights)
    {
        if (weights.IsEmpty)
            throw new ArgumentException("Expected a weight for each class, found none.", nameof(weights));
        foreach (double weight in weights)
            Settings.NotNegative(weight);
        Inner = inner;
        Weights = weights.ToArray();
    }

    /// <summary>The loss of an example.</summary>
    public Loss Inner { get; }

    /// <summary>The weight of each class.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <inheritdoc/>
    public override bool ReadsClassLogits => Inner.ReadsClassLogits;

    internal override bool ReadsLogits => Inner.ReadsLogits;

    /// <inheritdoc/>
    public override bool TakesUnlabelled => Inner.TakesUnlabelled;

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target)
    {
        if (target.DType != DType.Int64)
            throw new DTypeException($"{nameof(ClassWeighted)} expects class labels (int64), found {target.Type}.");
        if (prediction.Shape.Rank == 2 && prediction.Shape[1].IsStatic && Targets.ClassesOf(prediction.Shape[1].Size) != Weights.Count)
            throw new ShapeException($"{nameof(ClassWeighted)} expects a prediction of {Weights.Count} classes, one for each weight, found {prediction.Shape}.");
        Variable weights = Variable.Of(Value.Of(Weights.ToArray(), Weights.Count)).Cast(prediction.DType);
        // Examples without a label do not count, so it does not matter which weight they would have.
        Variable counts = weights.Gather(Inner.TakesUnlabelled ? Ops.Max(target, Variable.Scalar(0, DType.Int64)) : target);
        return [.. Inner.Terms(prediction, target).Select(term => term.Times(counts))];
    }
}
