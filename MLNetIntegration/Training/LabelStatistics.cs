namespace Toolkit.MLNetIntegration.Training;

/// <summary>What one pass over the training rows tells of a label: mean and deviation of a number, and how often each class occurs, each row counting as its weight says.</summary>
internal sealed class LabelStatistics(LabelColumn label)
{
    private readonly Moments[] numbers = new Moments[label.Length];

    /// <summary>The sum of the weights of each class.</summary>
    public double[] ClassWeights { get; } = new double[label.Classes];

    /// <summary>The mean of a label that is one number, and its standard deviation; 1 if it is constant.</summary>
    public LabelScale Scale => new(numbers[0].Mean, numbers[0].Deviation);

    /// <summary>How much an example of each class counts if all classes that occur are to count the same; 1 in the mean, 0 for classes that do not occur.</summary>
    public double[] ClassFactors => [.. ClassWeights.Select(w => w > 0 ? ClassWeights.Sum() / (ClassWeights.Count(other => other > 0) * w) : 0)];

    public void Add(LabelValue value, double weight)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i].Add(value.Numbers[i], weight);
        }

        if (ClassWeights.Length > 0)
        {
            ClassWeights[value.Class] += weight;
        }
    }
}
