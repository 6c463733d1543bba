namespace Toolkit.OnnxExport.Checking;

/// <summary>How bad a problem is.</summary>
public enum ProblemSeverity
{
    /// <summary>Could not be checked, or is valid and yet unwise.</summary>
    Warning,

    /// <summary>The model is not valid.</summary>
    Error,
}
