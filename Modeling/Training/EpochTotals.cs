namespace Toolkit.Modeling.Training;

/// <summary>Sums over the examples of an epoch so far, in double precision.</summary>
/// <param name="outputs">Where a step puts out loss and metrics.</param>
internal sealed class EpochTotals(Measures outputs)
{
    public long Steps { get; set; }

    public long Examples { get; set; }

    /// <summary>The sum of the weights of the examples.</summary>
    public double Weight { get; set; }

    /// <summary>What the penalties came to, objective less loss, times the weight of each batch.</summary>
    public double Penalty { get; set; }

    public double LearningRate { get; set; }

    /// <summary>Loss and metrics.</summary>
    public MeasureTotals Measures { get; } = new(outputs);

    /// <summary>The mean loss, without penalties.</summary>
    public double Loss => Measures.Of(0, "loss");

    /// <summary>The mean loss with penalties.</summary>
    public double Objective => Loss + (Penalty / Weight);

    public void Clear() => CopyFrom(new EpochTotals(outputs));

    public void CopyFrom(EpochTotals other)
    {
        (Steps, Examples, Weight, Penalty, LearningRate) = (other.Steps, other.Examples, other.Weight, other.Penalty, other.LearningRate);
        Measures.CopyFrom(other.Measures);
    }
}
