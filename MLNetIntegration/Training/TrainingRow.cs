namespace Toolkit.MLNetIntegration.Training;

/// <summary>A row: its features, its labels and its weight.</summary>
/// <param name="features">How many numbers are features.</param>
/// <param name="keyColumns">How many columns of keys there are.</param>
/// <param name="seriesColumns">How many columns of numbers of variable length there are.</param>
/// <param name="labels">For each label, how many numbers it is; 0 for a class.</param>
internal sealed class TrainingRow(int features, int keyColumns, int seriesColumns, params int[] labels)
{
    public float[] Features { get; } = new float[features];

    /// <summary>The keys of each column of keys, from 1; 0 where one is missing. They are not overwritten.</summary>
    public long[][] Keys { get; } = new long[keyColumns][];

    /// <summary>The numbers of each column of variable length. They are not overwritten.</summary>
    public float[][] Series { get; } = new float[seriesColumns][];

    /// <summary>The labels.</summary>
    public LabelValue[] Labels { get; } = [.. labels.Select(length => new LabelValue(length))];

    public double Weight { get; set; } = 1;
}
