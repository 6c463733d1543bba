using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Training on inputs that are changed against the model: x̃ = x + ε·sign(∇ₓJ), the fast gradient sign method. The objective becomes
/// (1 − Share)·J(x) + Share·J(x̃), so the term added here is Share·(J(x̃) − J(x)). x̃ counts as data: no gradient flows through the change.
/// Source: book section 7.13; Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", 2014.
/// </summary>
/// <param name="Epsilon">ε: how far each input value moves, at least 0.</param>
public sealed record AdversarialTraining(double Epsilon) : Regularizer
{
    /// <summary>ε, at least 0.</summary>
    public double Epsilon { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Epsilon);

    /// <summary>The share of the changed inputs in the objective, between 0 and 1; ½ by default.</summary>
    public double Share { get; init => field = Settings.Share(value); } = 0.5;

    /// <inheritdoc/>
    public override double ReplacedShare => Share;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable direction = Gradient.Of(objective.Loss, wrt: objective.Input).Sign();
        Variable changed = (objective.Input + (Epsilon * direction)).StopGradient();
        return Share * (objective.LossAt(changed) - objective.Loss);
    }
}
