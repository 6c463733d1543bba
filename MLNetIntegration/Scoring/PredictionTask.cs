namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>What a score predicts.</summary>
public enum PredictionTask
{
    /// <summary>One of several classes: a vector with a score for each.</summary>
    Multiclass,

    /// <summary>Yes or no: a single score.</summary>
    Binary,
}
