using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Metrics;

/// <summary>R² = 1 − Σ w·(y − ŷ)²/Σ w·(y − ȳ)² over all examples of a set, with the mean ȳ of the set; of several outputs the mean of theirs. 1 is perfect, 0 as good as always saying ȳ, and below that worse. Target: real numbers of
/// the shape of ŷ. NaN where a target does not vary. Also called coefficient of determination.</summary>
public sealed record ExplainedVariance : Metric
{
    /// <summary>The loss whose distribution the prediction states, such as <see cref="HeteroscedasticGaussian"/>: ŷ is the mean of that distribution. Null (the default) where the prediction is ŷ
    /// itself.</summary>
    public Likelihood? Likelihood { get; init; }

    /// <inheritdoc/>
    public override string Name => "explained variance";

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        Variable mean = Likelihood?.Of(prediction).Mean ?? prediction;
        Variable y = Table(Targets.Align(nameof(ExplainedVariance), mean, target)), error = y - Table(mean);
        if (counts?.Cast(DType.Float64) is not { } count)
            return [error.Square().Sum([0]), y.Square().Sum([0]), y.Sum([0]), Ops.Size(y.Shape[0], DType.Float64, y)];
        Variable column = count.Reshape([count.Shape[0], 1]), present = WeightedMean.Present(y, count);
        return [(column * WeightedMean.Present(error, count).Square()).Sum([0]), (column * present.Square()).Sum([0]), (column * present).Sum([0]), count.Sum()];
    }

    /// <inheritdoc/>
    public override double Total(IReadOnlyList<double[]> sums) =>
        sums[0].Select((missed, i) => sums[1][i] - (sums[2][i] * sums[2][i] / sums[3][0]) is var varied && varied > 0 ? 1 - (missed / varied) : double.NaN).Average();

    private static Variable Table(Variable numbers) => Ops.Flatten(numbers.Shape.Rank == 1 ? numbers.Reshape([numbers.Shape[0], 1]) : numbers).Cast(DType.Float64);
}
