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
    /// <summary>The size of a step, above 0; null (the default) for 2.5·ε/Steps.</summary>
    public double? StepSize { get; init; }

    /// <summary>The share of the changed inputs in the objective, between 0 and 1; ½ by default.</summary>
    public double Share { get; init => field = Settings.Share(value); } = 0.5;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        double epsilon = Settings.NotNegative(Epsilon);
        double size = StepSize is { } given ? Settings.Positive(given) : Math.Min(epsilon, 2.5 * epsilon / Settings.AtLeastOne(Steps));
        Variable moved = objective.Input, loss = objective.Loss;
        for (int step = 0; step < Settings.AtLeastOne(Steps); step++)
        {
            Variable change = moved - objective.Input + (size * Gradient.Of(loss, wrt: moved).Sign());
            moved = (objective.Input + Ops.Clip(change, -epsilon, epsilon)).StopGradient();
            loss = objective.LossAt(moved);
        }

        return Share * (loss - objective.Loss);
    }
}
