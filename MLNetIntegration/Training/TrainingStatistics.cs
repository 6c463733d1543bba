namespace Toolkit.MLNetIntegration.Training;

/// <summary>What one pass over the training rows tells: their number, and, each row counting as its weight says, means, deviations, and how often each class occurs.</summary>
internal sealed class TrainingStatistics
{
    private readonly Moments[] features;
    private readonly Moments[] targets;
    private RowChecksum checksum;

    private TrainingStatistics(TrainingColumns columns)
    {
        features = new Moments[columns.Features.NumberCount];
        targets = new Moments[columns.Label.Length];
        ClassWeights = new double[columns.Label.Classes];
    }

    /// <summary>The number of rows.</summary>
    public long Rows => checksum.Rows;

    /// <summary>What a later pass over the same rows must agree with.</summary>
    public RowChecksum Checksum => checksum;

    /// <summary>The number of keys in all columns of keys.</summary>
    public long Keys { get; private set; }

    /// <summary>The sum of the rows' weights.</summary>
    public double Weights { get; private set; }

    /// <summary>The sum of the weights of each class.</summary>
    public double[] ClassWeights { get; }

    /// <summary>The mean of each feature over the rows where it is present; 0 if it never is.</summary>
    public float[] Means => [.. features.Select(m => (float)m.Mean)];

    /// <summary>The standard deviation of each feature over the rows where it is present; 1 where it is constant.</summary>
    public double[] Deviations => [.. features.Select(m => m.Deviation)];

    /// <summary>The mean of a label that is one number.</summary>
    public double LabelMean => targets[0].Mean;

    /// <summary>The standard deviation of a label that is one number; 1 if it is constant.</summary>
    public double LabelDeviation => targets[0].Deviation;

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
            Keys += keys.Length;
        }

        for (int i = 0; i < features.Length; i++)
        {
            features[i].Add(row.Features[i], row.Weight);
        }

        for (int i = 0; i < targets.Length; i++)
        {
            targets[i].Add(row.Target[i], row.Weight);
        }

        if (ClassWeights.Length > 0)
        {
            ClassWeights[row.Class] += row.Weight;
        }
    }
}
