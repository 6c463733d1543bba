namespace Toolkit.MLNetIntegration.Training;

/// <summary>A row: its features, its label and its weight.</summary>
internal sealed class TrainingRow(int features, int targets)
{
    public float[] Features { get; } = new float[features];

    /// <summary>The class, from 0, where labels are classes.</summary>
    public int Class { get; set; }

    /// <summary>The numbers, where labels are numbers.</summary>
    public float[] Target { get; } = new float[targets];

    public double Weight { get; set; } = 1;
}
