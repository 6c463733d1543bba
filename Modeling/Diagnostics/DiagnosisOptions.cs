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

    /// <summary>Another point of parameter space, all learned parameters side by side (<see cref="Toolkit.Modeling.Optimizers.FullBatch.ScalarFunction.Point"/>), such as
    /// the start of the training or another solution: the objective is taken along the line from it to the present parameters. Null (the default) for none.</summary>
    public IReadOnlyList<double>? Other { get; init; }

    /// <summary>Update ratios ‖Δw‖/‖w‖ per step above this count as large; 0.1 by default.</summary>
    public double LargeUpdate { get; init => field = Settings.Positive(value); } = 0.1;

    /// <summary>Update ratios below this count as small; 10⁻⁶ by default.</summary>
    public double SmallUpdate { get; init => field = Settings.Positive(value); } = 1e-6;
}
