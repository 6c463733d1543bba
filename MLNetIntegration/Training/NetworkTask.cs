namespace Toolkit.MLNetIntegration.Training;

/// <summary>A label among several that one network learns: <c>NetworkTask.Regression("Price")</c>, <c>NetworkTask.Multiclass("Kind") with { Weight = 0.3 }</c>. Source: book section 7.7.</summary>
public sealed record NetworkTask
{
    private readonly Func<NeuralNetworkOptions, LayeredHead> head;

    private NetworkTask(string labelColumn, Func<NeuralNetworkOptions, LayeredHead> head) => (LabelColumn, Name, this.head) = (labelColumn, labelColumn, head);

    /// <summary>The column of what is to be predicted.</summary>
    public string LabelColumn { get; }

    /// <summary>What the names of the added columns begin with, such as "Price" of "PriceScore"; the name of the label column by default.</summary>
    public string Name { get; init => field = value.Length > 0 ? value : throw new ArgumentException("Expected a name of a task, found an empty one.", nameof(value)); }

    /// <summary>How much the loss of the task counts, at least 0; 1 by default.</summary>
    public double Weight
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Weight), value, "Expected a finite weight of at least 0.");
    } = 1;

    /// <summary>A number, Single or Double, by squared error of labels of mean 0 and deviation 1. Adds "…Score", in the label's units.</summary>
    /// <param name="labelColumn">The label column.</param>
    public static NetworkTask Regression(string labelColumn) => new(labelColumn, options => new RegressionHead(options));

    /// <summary>A Boolean, by cross-entropy. Adds "…Score" (the logit), "…Probability" and "…PredictedLabel".</summary>
    /// <param name="labelColumn">The label column.</param>
    public static NetworkTask Binary(string labelColumn) => new(labelColumn, options => new BinaryHead(options));

    /// <summary>A key, by cross-entropy. Adds "…Score" (the probabilities, a vector) and "…PredictedLabel" (a key).</summary>
    /// <param name="labelColumn">The label column.</param>
    public static NetworkTask Multiclass(string labelColumn) => new(labelColumn, options => new MulticlassHead(options));

    /// <summary>A number by a Gaussian whose mean and variance depend on the row. Adds "…Score" (the mean), "…Variance" and "…Quantiles". Source: book section 6.2.2.4.</summary>
    /// <param name="labelColumn">The label column.</param>
    public static NetworkTask Heteroscedastic(string labelColumn) => new(labelColumn, options => new DistributionHead(options));

    /// <summary>The task with the options of a network.</summary>
    internal LearnedTask With(NeuralNetworkOptions options) => new(head(options), LabelColumn, Name, Weight);
}
