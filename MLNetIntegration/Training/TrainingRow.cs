namespace Toolkit.MLNetIntegration.Training;

/// <summary>A row: its features, its label and its weight.</summary>
internal sealed class TrainingRow(int features, int keyColumns, int targets)
{
    public float[] Features { get; } = new float[features];

    /// <summary>The keys of each column of keys, from 1; 0 where one is missing. They are not overwritten.</summary>
    public long[][] Keys { get; } = new long[keyColumns][];

    /// <summary>The class, from 0, where labels are classes.</summary>
    public int Class { get; set; }

    /// <summary>The numbers, where labels are numbers.</summary>
    public float[] Target { get; } = new float[targets];

    public double Weight { get; set; } = 1;
}
