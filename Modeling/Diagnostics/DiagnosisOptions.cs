namespace Toolkit.Modeling.Diagnostics;

/// <summary>How a <see cref="Diagnosis"/> is made.</summary>
public sealed record DiagnosisOptions
{
    /// <summary>ε: the learning rate that is judged, above 0; 0.01 by default.</summary>
    public double LearningRate { get; init => field = Settings.Positive(value); } = 0.01;

    /// <summary>How many Hessian-vector products the extreme eigenvalues may cost, at least 1; 30 by default.</summary>
    public int LanczosSteps { get; init => field = Settings.AtLeastOne(value); } = 30;

    /// <summary>The gradient counts as small where ‖g‖ is at most this; 10⁻³ by default.</summary>
    public double SmallGradient { get; init => field = Settings.Positive(value); } = 1e-3;

    /// <summary>A unit counts as saturated if its activations differ by at most this over all examples and are not all 0; 10⁻³ by default.</summary>
    public double SmallSpread { get; init => field = Settings.NotNegative(value); } = 1e-3;

    /// <summary>The number of points of a line, at least 1; 41 by default.</summary>
    public int Points { get; init => field = Settings.AtLeastOne(value); } = 41;

    /// <summary>The seed of the vector that the eigenvalues begin with; 1 by default.</summary>
    public ulong Seed { get; init; } = 1;
}
