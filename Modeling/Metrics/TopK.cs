using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;

namespace Toolkit.Modeling.Metrics;

/// <summary>The share of examples whose class is among the K with the greatest logits: fewer than K others have a greater one. An example with NaN among its logits, or
/// with a label that is no class, does not count as right.</summary>
/// <param name="K">How many classes count, at least 1.</param>
public sealed record TopK(int K) : MeanMetric
{
    /// <summary>How many classes count, at least 1.</summary>
    public int K { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(K);

    /// <inheritdoc/>
    public override string Name => FormattableString.Invariant($"top{K}");

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        int classes = Targets.Classes(nameof(TopK), prediction, target);
        // Infinite logits of other classes must not meet a factor of 0.
        Variable isOwn = Ops.Greater(Ops.OneHot(target, classes, prediction.DType), 0.0);
        Variable own = Ops.Where(isOwn, prediction, 0.0).Sum([1], keepDims: true);
        Variable greater = Ops.Greater(prediction, own).Cast(prediction.DType).Sum([1]);
        Variable valid = new And().Apply(Targets.Between(target, 0, classes - 1), Targets.WithoutNaN(prediction));
        return new And().Apply(Ops.Less(greater, K), valid).Cast(prediction.DType);
    }
}
