namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Columns that ML.NET's classifiers have beside the score, made from an output of the model, so that <c>Evaluate</c> works.</summary>
public sealed record PredictionOptions
{
    /// <summary>What the score predicts.</summary>
    public required PredictionTask Task { get; init; }

    /// <summary>The model output that holds the score; null for the only one of Single numbers.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// Whether the scores are logarithms of odds, to be turned into probabilities by the softmax (multiclass) or the sigmoid (binary). Otherwise the scores
    /// are taken for probabilities.
    /// </summary>
    public bool ScoresAreLogits { get; init; }

    /// <summary>The names of the classes, in the order of the scores; null for those of <see cref="LabelColumn"/>.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>
    /// A key column of the data that the estimator is fitted to; its key values name the classes, become slot names of the scores and key values of the
    /// predicted label. Data scored later need not have it.
    /// </summary>
    public string? LabelColumn { get; init; }

    /// <summary>
    /// The column of the predicted label: a key from 1 to the number of classes (multiclass), or true where the probability is above
    /// <see cref="Threshold"/> (binary). Null for none.
    /// </summary>
    public string? PredictedLabelColumn { get; init; } = "PredictedLabel";

    /// <summary>Whether the predicted label of a multiclass score is the class's name as text in place of a key.</summary>
    public bool PredictedLabelAsText { get; init; }

    /// <summary>The column of the probability: a vector (multiclass) or one number, that of true (binary). Null for none.</summary>
    public string? ProbabilityColumn { get; init; } = "Probability";

    /// <summary>The probability above which a binary prediction is true.</summary>
    public double Threshold { get; init; } = 0.5;
}
