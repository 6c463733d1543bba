namespace Toolkit.MLNetIntegration.Training;

/// <summary>A running mean and standard deviation; NaN counts as missing. Source: Welford, Technometrics 4 (1962), which does not cancel.</summary>
internal struct Moments
{
    private long count;
    private double squares;

    /// <summary>The mean of the numbers; 0 without any.</summary>
    public double Mean { get; private set; }

    /// <summary>The standard deviation (over the number of values); 1 where all are equal, so that one can divide by it.</summary>
    public readonly double Deviation
    {
        get
        {
            double variance = count == 0 ? 0 : squares / count;

            // Below this the difference is rounding of single precision.
            return variance > 1e-12 * Mean * Mean && variance > 1e-30 ? Math.Sqrt(variance) : 1;
        }
    }

    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        count++;
        double difference = value - Mean;
        Mean += difference / count;
        squares += difference * (value - Mean);
    }
}
