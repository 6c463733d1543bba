namespace Toolkit.MLNetIntegration.Training;

/// <summary>A running mean and standard deviation of numbers with weights; NaN counts as missing. Source: West, "Updating mean and variance estimates", 1979,
/// which is Welford's method with weights and does not cancel.</summary>
internal struct Moments
{
    // The distance of two neighbouring single-precision numbers, of their size.
    private const double Rounding = 1.0 / (1 << 23);

    private double weights;
    private double squares;

    /// <summary>The mean of the numbers; 0 without any.</summary>
    public double Mean { get; private set; }

    /// <summary>The standard deviation (over the weights of the values); 1 where all are equal but for rounding of single precision, so that one can divide by it. Its
    /// size does not matter.</summary>
    public readonly double Deviation
    {
        get
        {
            double deviation = weights == 0 ? 0 : Math.Sqrt(squares / weights);
            return deviation > Rounding * Math.Abs(Mean) ? deviation : 1;
        }
    }

    /// <summary>Adds a number that counts like <paramref name="weight"/> copies of it.</summary>
    public void Add(double value, double weight)
    {
        if (double.IsNaN(value) || weight == 0)
        {
            return;
        }

        weights += weight;
        double difference = value - Mean;
        Mean += weight * difference / weights;
        squares += weight * difference * (value - Mean);
    }
}
