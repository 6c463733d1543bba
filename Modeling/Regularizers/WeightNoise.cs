using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Noise on weights while the loss is taken: the objective becomes J(W + ε) with ε ~ N(0, Deviation²), or J(W∘(1 + ε)) if <see cref="Multiplicative"/>, drawn anew
/// with each step. Gradients are taken at the disturbed weights and applied to the clean ones. For small noise of variance η this adds η·E‖∇_W ŷ‖² and a
/// term that vanishes at the optimum. Source: book section 7.5, equations 7.30 to 7.32; Jim, Giles, Horne 1996; Graves 2011.
/// </summary>
/// <param name="Deviation">√η, at least 0.</param>
public sealed record WeightNoise(double Deviation) : Regularizer
{
    /// <summary>√η, at least 0.</summary>
    public double Deviation { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Deviation);

    /// <summary>Whether the noise multiplies; false by default.</summary>
    public bool Multiplicative { get; init; }

    /// <summary>Selects the random numbers; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>The share of the disturbed weights in the objective, between 0 and 1; 1 by default.</summary>
    public double Share { get; init => field = Settings.Share(value); } = 1.0;

    /// <inheritdoc/>
    public override double ReplacedShare => Share;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        double deviation = Deviation;
        Distributions.RandomStream random = objective.Random(nameof(WeightNoise), Seed);
        var replacements = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach (Parameter weight in objective.Parameters.Where(parameter => parameter.Role == ParameterRole.Weight))
        {
            Variable noise = deviation * random.Fork(replacements.Count).Normal(weight.Shape, weight.DType, weight);
            replacements.Add(weight, Multiplicative ? weight * (1.0 + noise) : weight + noise);
        }

        return Share * (objective.LossWith(replacements) - objective.Loss);
    }
}
