namespace Toolkit.MLNetIntegration.Training;

/// <summary>What a trainer does about NaN in a feature, which is how ML.NET marks a missing value.</summary>
public enum MissingFeatures
{
    /// <summary>Stop with an error that names row and column: the default.</summary>
    Error,

    /// <summary>Put the feature's mean over the training rows in its place. The network does the same when it scores, as part of the model.</summary>
    Impute,
}
