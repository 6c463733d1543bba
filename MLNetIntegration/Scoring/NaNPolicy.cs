namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>What happens to not-a-number, ML.NET's missing value, in a column that a model reads.</summary>
public enum NaNPolicy
{
    /// <summary>It goes into the model.</summary>
    Allow,

    /// <summary>It is an error that names the column and the row.</summary>
    Error,

    /// <summary><see cref="ScoreOnnxOptions.NaNReplacement"/> takes its place.</summary>
    Replace,
}
