namespace Toolkit.MLNetIntegration.Training;

/// <summary>What is to be predicted of a row: a class or numbers.</summary>
internal sealed class LabelValue(int numbers)
{
    /// <summary>The class, from 0, where labels are classes.</summary>
    public int Class { get; set; }

    /// <summary>The numbers, where labels are numbers.</summary>
    public float[] Numbers { get; } = new float[numbers];
}
