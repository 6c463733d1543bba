namespace Toolkit.MLNetIntegration.Training;

/// <summary>What one pass over the training rows tells: their number, and, each row counting as its weight says, means and deviations of features, and what the labels are.</summary>
internal sealed class TrainingStatistics
{
    private readonly Moments[] features;
    private readonly Moments[] series;
    private RowChecksum checksum;

    private TrainingStatistics(TrainingColumns columns)
    {
        features = new Moments[columns.Features.NumberCount];
        series = new Moments[columns.Features.Series.Count()];
        Labels = [.. columns.Labels.Select(label => new LabelStatistics(label))];
    }

    /// <summary>The number of rows.</summary>
    public long Rows => checksum.Rows;

    /// <summary>What a later pass over the same rows must agree with.</summary>
    public RowChecksum Checksum => checksum;

    /// <summary>The number of keys in all columns of keys, and of numbers in all of variable length.</summary>
    public long Elements { get; private set; }

    /// <summary>The number of features of all rows that are not 0.</summary>
    public long NonZeros { get; private set; }

    /// <summary>Mean and standard deviation of the numbers of a column of variable length, of all steps.</summary>
    public (float Mean, double Deviation) Series(int column) => ((float)series[column].Mean, series[column].Deviation);

    /// <summary>The sum of the rows' weights.</summary>
    public double Weights { get; private set; }

    /// <summary>What it tells of each label.</summary>
    public LabelStatistics[] Labels { get; }

    /// <summary>The mean of each feature over the rows where it is present; 0 if it never is.</summary>
    public float[] Means => [.. features.Select(m => (float)m.Mean)];

    /// <summary>The standard deviation of each feature over the rows where it is present; 1 where it is constant.</summary>
    public double[] Deviations => [.. features.Select(m => m.Deviation)];

    /// <exception cref="TrainingException">There are no rows, or all weights are zero.</exception>
    public static TrainingStatistics Of(TrainingColumns columns, Microsoft.ML.IDataView data)
    {
        var result = new TrainingStatistics(columns);
        foreach (TrainingRow row in columns.Rows(data))
        {
            result.Add(row);
        }

        return result.Weights > 0 ? result : throw new TrainingException(
            result.Rows == 0 ? "Expected rows to learn from, found none." : $"Expected a weight above 0, found zeros in all {result.Rows} rows.");
    }

    private void Add(TrainingRow row)
    {
        checksum.Add(row);
        Weights += row.Weight;
        foreach (long[] keys in row.Keys)
        {
            Elements += keys.Length;
        }

        for (int i = 0; i < series.Length; i++)
        {
            Elements += row.Series[i].Length;
            foreach (float value in row.Series[i].AsSpan(1))
            {
                series[i].Add(value, row.Weight);
            }
        }

        NonZeros += row.Features.Length - row.Features.AsSpan().Count(0f);
        for (int i = 0; i < features.Length; i++)
        {
            features[i].Add(row.Features[i], row.Weight);
        }

        for (int i = 0; i < Labels.Length; i++)
        {
            Labels[i].Add(row.Labels[i], row.Weight);
        }
    }
}
