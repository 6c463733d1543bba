using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Training on inputs that are moved against the model in several small steps, x̃ ← clip(x̃ + StepSize·sign(∇J(x̃))) within x ± ε. Adds Share·(J(x̃) − J(x)); no
/// gradient flows through the moves. One step of size ε is <see cref="AdversarialTraining"/>. Source: book section 7.13; Kurakin, Goodfellow, Bengio 2016;
/// Madry et al. 2017.
/// </summary>
/// <param name="Epsilon">ε, at least 0: how far each input value may move.</param>
/// <param name="Steps">The number of steps, at least 1.</param>
public sealed record IteratedAdversarial(double Epsilon, int Steps) : Regularizer
{
    /// <summary>ε, at least 0.</summary>
    public double Epsilon { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Epsilon);

    /// <summary>The number of steps, at least 1.</summary>
    public int Steps { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Steps);

    /// <summary>The size of a step, above 0; null (the default) for 2.5·ε/Steps, but at most ε.</summary>
    public double? StepSize { get; init => field = value is { } size ? Settings.Positive(size, nameof(StepSize)) : null; }

    /// <summary>The share of the changed inputs in the objective, between 0 and 1; ½ by default.</summary>
    public double Share { get; init => field = Settings.Share(value); } = 0.5;

    /// <inheritdoc/>
    public override double ReplacedShare => Share;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        double epsilon = Epsilon;
        double size = StepSize ?? Math.Min(epsilon, 2.5 * epsilon / Steps);
        Variable moved = objective.Input, loss = objective.Loss;
        for (int step = 0; step < Steps; step++)
        {
            Variable change = moved - objective.Input + (size * Gradient.Of(loss, wrt: moved).Sign());
            moved = (objective.Input + Ops.Clip(change, -epsilon, epsilon)).StopGradient();
            loss = objective.LossAt(moved);
        }

        return Share * (loss - objective.Loss);
    }
}
