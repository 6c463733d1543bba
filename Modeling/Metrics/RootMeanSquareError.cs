using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Metrics;

/// <summary>√(Σ w·(ŷ − y)²/Σ w) over all examples of a set, the square averaged over the outputs of an example; in the unit of y. Target: real numbers of the shape of ŷ.</summary>
public sealed record RootMeanSquareError : Metric
{
    /// <summary>The loss whose distribution the prediction states, such as <see cref="HeteroscedasticGaussian"/>: ŷ is the mean of that distribution. Null (the default) where the prediction is ŷ
    /// itself.</summary>
    public Likelihood? Likelihood { get; init; }

    /// <inheritdoc/>
    public override string Name => "root mean square error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        Variable mean = Likelihood?.Of(prediction).Mean ?? prediction, y = Targets.Align(nameof(RootMeanSquareError), mean, target);
        Variable each = Targets.MeanPerExample((mean - y).Cast(DType.Float64).Square());
        return counts?.Cast(DType.Float64) is { } count
            ? [(count * WeightedMean.Present(each, count)).Sum(), count.Sum()]
            : [each.Sum(), Ops.Size(each.Shape[0], DType.Float64, each)];
    }

    /// <inheritdoc/>
    public override double Total(IReadOnlyList<double[]> sums) => Math.Sqrt(sums[0][0] / sums[1][0]);
}
