using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Noise on targets of real numbers: the objective becomes the loss for y + N(0, Deviation²), drawn anew with each step. With squared errors it adds a constant on
/// average and noise to gradients; with a likelihood it keeps the model from becoming surer than the noise. Source: book section 7.5.1 (noise at the output
/// targets).
/// </summary>
/// <param name="Deviation">The standard deviation, at least 0, in units of the target.</param>
public sealed record TargetNoise(double Deviation) : Regularizer
{
    /// <summary>The standard deviation, at least 0.</summary>
    public double Deviation { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Deviation);

    /// <summary>The share of the noisy targets in the objective, between 0 and 1; 1 by default.</summary>
    public double Share { get; init => field = Settings.Share(value); } = 1.0;

    /// <summary>Selects the random numbers; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public override double ReplacedShare => Share;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable y = objective.Target;
        if (!y.DType.IsFloating())
            throw new GraphException($"{nameof(TargetNoise)} expects targets of real numbers, found labels {y.Type}: use {nameof(LabelNoise)}.");
        Variable noisy = y + (Deviation * objective.Random(nameof(TargetNoise), Seed).Normal(y.Shape, y.DType, y));
        return Share * (objective.LossOf(objective.Output, noisy) - objective.Loss);
    }
}
