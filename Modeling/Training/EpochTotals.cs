namespace Toolkit.Modeling.Training;

/// <summary>Sums over the examples of an epoch so far, in double precision.</summary>
/// <param name="metrics">The number of metrics.</param>
internal sealed class EpochTotals(int metrics)
{
    public long Steps { get; set; }

    public long Examples { get; set; }

    public double Loss { get; set; }

    public double Objective { get; set; }

    public double LearningRate { get; set; }

    public double[] Metrics { get; } = new double[metrics];

    public void Clear() => CopyFrom(new EpochTotals(Metrics.Length));

    public void CopyFrom(EpochTotals other)
    {
        (Steps, Examples, Loss, Objective, LearningRate) =
            (other.Steps, other.Examples, other.Loss, other.Objective, other.LearningRate);
        other.Metrics.CopyTo(Metrics, 0);
    }
}
