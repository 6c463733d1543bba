using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>Basis·Factorᵏ: the rate falls when a value on the validation set has stopped getting better. k is the number of times that <see cref="Patience"/>
/// evaluations in a row brought no improvement; counting begins anew each time. Source: the rule known as ReduceLROnPlateau; Bengio, "Practical recommendations for
/// gradient-based training of deep architectures", 2012, section 3.1.1.</summary>
/// <remarks>The validation set is evaluated after each epoch; a training with this schedule needs one. What is remembered (k, the best value, how long it is ago) lies beside the
/// optimizer's moments, so a training that is resumed from a checkpoint goes on with it. An exported training step has it as an input that does not change.
/// Where an optimizer has several schedules of this kind, each is to follow another measure, or they are one object.</remarks>
/// <param name="Basis">The schedule that is multiplied; a number for the same rate in every step.</param>
public sealed record ReduceOnPlateau(Schedule Basis) : Schedule
{
    // Factorᵏ, the best value, and how many evaluations since then brought no improvement, −1 before the first.
    private const int Product = 0, Best = 1, Waited = 2;

    /// <summary>The schedule that is multiplied. It does not follow the validation set itself.</summary>
    public Schedule Basis { get; init => field = Plain(value); } = Plain(Basis);

    /// <summary>By what the rate is multiplied, above 0 and below 1; 0.1 by default.</summary>
    public double Factor { get; init => field = Settings.InsideUnit(value); } = 0.1;

    /// <summary>How many evaluations in a row without improvement lead to a smaller rate, at least 1; 10 by default.</summary>
    public int Patience { get; init => field = Settings.AtLeastOne(value); } = 10;

    /// <summary>What is watched on the validation set: "loss" (the default) or the name of one of the trainer's metrics, which says itself which way is better.</summary>
    public string Watched { get; init; } = "loss";

    /// <summary>By how much a value must be better than the best so far to count as an improvement, at least 0; 0 by default.</summary>
    public double MinimumImprovement { get; init => field = Settings.NotNegative(value); }

    /// <summary>Below what Factorᵏ does not fall, from 0 to 1; 0 by default.</summary>
    public double LeastFactor { get; init => field = Settings.Share(value); }

    internal override double Greatest => Basis.Greatest;

    internal override string? Monitor => Watched;

    /// <summary>The rate before it has fallen for the first time.</summary>
    /// <param name="step">The number of steps done before, an int64 scalar.</param>
    public override Variable Rate(Variable step) => Basis.Rate(step);

    internal override Variable Rate(IScheduleState state) => Basis.Rate(state) * Ops.Gather(Remembered(state), Variable.Scalar(Product, DType.Int64), 0);

    internal override void Observe(IScheduleState state, double value, bool higherIsBetter)
    {
        Parameter remembered = Remembered(state);
        double[] numbers = remembered.Value.ToArray<double>();
        double improvement = higherIsBetter ? value - numbers[Best] : numbers[Best] - value;
        if (numbers[Waited] < 0.0 || improvement > MinimumImprovement)
        {
            (numbers[Best], numbers[Waited]) = (value, 0.0);
        }
        else if (++numbers[Waited] >= Patience)
        {
            (numbers[Product], numbers[Waited]) = (Math.Max(numbers[Product] * Factor, LeastFactor), 0.0);
        }

        remembered.Value = Value.Of(numbers, numbers.Length);
    }

    private static Schedule Plain(Schedule basis) => basis.Monitor is null ? basis
        : throw new ArgumentException($"Expected a schedule that does not follow the validation set itself, found {basis}.", nameof(basis));

    private Parameter Remembered(IScheduleState state) => state.Number($"optimizer.plateau.{Watched}", Value.Of([1.0, 0.0, -1.0], 3));
}
