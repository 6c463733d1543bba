using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Metrics;

/// <summary>The share of examples whose class is among the K with the greatest logits: fewer than K others have a greater one.</summary>
/// <param name="K">How many classes count, at least 1.</param>
public sealed record TopK(int K) : Metric
{
    /// <summary>How many classes count, at least 1.</summary>
    public int K { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(K);

    /// <inheritdoc/>
    public override string Name => FormattableString.Invariant($"top{K}");

    /// <inheritdoc/>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        int classes = Targets.Classes(nameof(TopK), prediction, target);
        Variable own = (Ops.OneHot(target, classes, prediction.DType) * prediction).Sum([1], keepDims: true);
        Variable greater = Ops.Greater(prediction, own).Cast(prediction.DType).Sum([1]);
        return Ops.Less(greater, K).Cast(prediction.DType);
    }
}
