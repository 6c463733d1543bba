using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>A loss on class labels whose examples count by their class: w_y·loss. Weights that are the inverse of the frequencies make rare classes
/// count as much as common ones. The mean is over examples, not over weights.</summary>
/// <remarks>Prediction: what the inner loss takes. Target: labels, int64 [batch].</remarks>
public sealed record ClassWeighted : Loss
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

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        if (target.DType != DType.Int64)
            throw new DTypeException($"{nameof(ClassWeighted)} expects class labels (int64), found {target.Type}.");
        Variable weights = Variable.Of(Value.Of(Weights.ToArray(), Weights.Count)).Cast(prediction.DType);
        return weights.Gather(target) * Inner.PerExample(prediction, target);
    }
}
