using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Virtual adversarial training for a classifier of logits: Strength·mean KL(p(x) ‖ p(x + r)), with r the step of length ε that changes the prediction most,
/// found by power iteration from a random direction. It needs no labels, so unlabelled examples count as well (see
/// <see cref="Toolkit.Modeling.Losses.LabelledOnly"/>). p(x) and r count as constants. Source: book section 7.13; Miyato et al., "Distributional
/// smoothing with virtual adversarial training", 2015.
/// </summary>
/// <param name="Epsilon">ε, above 0: the Euclidean length of the step of each example.</param>
public sealed record VirtualAdversarial(double Epsilon) : Regularizer
{
    /// <summary>ε, above 0.</summary>
    public double Epsilon { get; init => field = Settings.Positive(value); } = Settings.Positive(Epsilon);

    /// <summary>The weight of the term, at least 0; 1 by default.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = 1.0;

    /// <summary>The number of power iterations; 0 leaves the direction random, 1 by default.</summary>
    public int PowerSteps { get; init => field = Settings.AtLeastZero(value); } = 1;

    /// <summary>ξ, above 0: the length of the step at which a power iteration takes its gradient, relative to ε, so that nothing depends on the unit that the data are measured in; 10⁻³ by
    /// default, three times the square root of float32's precision: much smaller steps drown in rounding, much greater ones see more than the curvature.</summary>
    public double ProbeLength { get; init => field = Settings.Positive(value); } = 1e-3;

    /// <summary>Selects the random directions; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        objective.RequireClassLogits(nameof(VirtualAdversarial));
        Variable moved = (objective.Input + (Epsilon * Direction(objective))).StopGradient();
        return Strength * objective.Mean(Divergence(objective.Output.StopGradient(), objective.Apply(moved)));
    }

    /// <summary>r/ε of each example: of length 1, as constants.</summary>
    internal Variable Direction(Objective objective)
    {
        Variable x = objective.Input;
        Variable clean = objective.Output.StopGradient();
        Variable direction = Unit(objective.Random(nameof(VirtualAdversarial), Seed).Normal(x.Shape, x.DType, x));
        for (int step = 0; step < PowerSteps; step++)
        {
            // The divergence is 0 with gradient 0 at r = 0, so its gradient at a short r is H·r: one step of the power method.
            Variable probe = (ProbeLength * Epsilon * direction).StopGradient();
            direction = Unit(objective.GradientPerCopy(Divergence(clean, objective.Apply(x + probe)), wrt: probe).StopGradient());
        }

        return direction.StopGradient();
    }

    /// <summary>KL(p ‖ q) of each example for the logits of p and q, in nats.</summary>
    internal static Variable Divergence(Variable p, Variable q)
    {
        Variable log = p.LogSoftmax();
        return Probabilities.Times(log.Exp(), log - q.LogSoftmax()).Sum([-1]);
    }

    /// <summary>Each example's direction with length 1; 0 stays 0.</summary>
    private static Variable Unit(Variable direction) => Norms.Unit(direction, [.. Enumerable.Range(1, direction.Shape.Rank - 1)]);
}
