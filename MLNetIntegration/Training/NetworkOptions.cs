using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>How a network of one's own is trained in ML.NET, and which columns it gives.</summary>
public sealed record NetworkOptions : TrainingOptions
{
    /// <summary>The column that the network's output becomes: one number per row if the label is one, otherwise a vector; "Score" by default.</summary>
    public string ScoreColumn { get; init; } = "Score";

    /// <summary>Columns of predicted labels and probabilities made from the score; null (the default) for none.</summary>
    public PredictionOptions? Prediction { get; init; }
}
