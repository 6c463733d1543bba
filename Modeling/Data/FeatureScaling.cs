namespace Toolkit.Modeling.Data;

/// <summary>
/// Brings each feature to mean 0 and variance 1: x′ = (x − μ) / σ, with μ and σ of the training set, applied to every set alike. A
/// feature that does not vary by more than the rounding of float32, 2⁻²³ of its mean, is only shifted. Source: book 12.2.1 (preprocessing).
/// </summary>
public sealed class FeatureScaling
{
    private const double Rounding = 1.0 / (1 << 23);

    private readonly float[] mean;
    private readonly float[] deviation;

    internal FeatureScaling(float[] mean, float[] deviation)
    {
        this.mean = mean;
        this.deviation = deviation;
    }

    /// <summary>The mean of each feature.</summary>
    public IReadOnlyList<float> Mean => mean;

    /// <summary>The standard deviation of each feature (of the population, so divided by the count); 1 for one that does not
    /// vary.</summary>
    public IReadOnlyList<float> Deviation => deviation;

    /// <summary>Measures a data set, in double precision and two passes; an example of weight w counts like w copies.</summary>
    /// <param name="dataset">The training set.</param>
    /// <exception cref="DataException">All weights are 0.</exception>
    public static FeatureScaling Fit(Dataset dataset)
    {
        int columns = dataset.Layout.FeatureLength;
        double total = dataset.TotalWeight();
        ReadOnlySpan<float> features = dataset.Features.Span;
        double[] mean = new double[columns];
        double[] square = new double[columns];
        for (int i = 0; i < features.Length; i++)
            mean[i % columns] += dataset.WeightOf(i / columns) * (double)features[i];
        for (int column = 0; column < columns; column++)
            mean[column] /= total;
        for (int i = 0; i < features.Length; i++)
        {
            double difference = features[i] - mean[i % columns];
            square[i % columns] += dataset.WeightOf(i / columns) * difference * difference;
        }

        float[] deviation = new float[columns];
        for (int column = 0; column < columns; column++)
        {
            deviation[column] = DeviationOf(square[column] / total, mean[column]);
        }

        return new(Array.ConvertAll(mean, value => (float)value), deviation);
    }

    /// <summary>The deviation of a feature, 1 for one that does not vary: a constant column leaves only rounding errors of float32 behind, which must not be blown up to unit variance.</summary>
    internal static float DeviationOf(double variance, double mean)
    {
        double value = Math.Sqrt(variance);
        return value > Rounding * Math.Abs(mean) && (float)value > 0f ? (float)value : 1f;
    }

    /// <summary>The data set with scaled features, copied.</summary>
    /// <param name="dataset">A data set with as many features as the one that was measured.</param>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    /// <exception cref="DataException">A scaled feature is beyond float32.</exception>
    public Dataset Apply(Dataset dataset)
    {
        int columns = mean.Length;
        if (dataset.Layout.FeatureLength != columns)
        {
            throw new ArgumentException(
                $"Expected {columns} features per example, found {dataset.Layout.FeatureLength}.", nameof(dataset));
        }

        float[] features = dataset.Features.ToArray();
        for (int i = 0; i < features.Length; i++)
        {
            float scaled = (features[i] - mean[i % columns]) / deviation[i % columns];
            if (!float.IsFinite(scaled))
            {
                throw new DataException(
                    $"Feature {features[i]} in row {i / columns}, column {i % columns} (both counted from 0) leaves the range of float32 when it is scaled by the mean "
                    + $"{mean[i % columns]} and the deviation {deviation[i % columns]}.");
            }

            features[i] = scaled;
        }

        return dataset.WithFeatures(features);
    }
}
