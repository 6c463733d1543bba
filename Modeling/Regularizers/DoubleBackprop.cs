using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Strength·‖∂J/∂x‖², the squared gradient of the mean loss J with respect to the input, summed over the batch: makes the loss insensitive
/// to small changes of the input. Training differentiates this gradient again. Source: Drucker, LeCun, "Improving generalization performance
/// using double backpropagation", 1992; book section 7.14.
/// </summary>
/// <param name="Strength">λ, at least 0.</param>
public sealed record DoubleBackprop(double Strength) : Regularizer
{
    /// <summary>λ, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable gradient = Gradient.Of(objective.Loss, wrt: objective.Input);
        // An example of weight w stands for w copies, each of which has a share of 1/w of its gradient: the squares of the copies add up to g²/w.
        return Strength * (gradient * objective.PerCopy(gradient)).Sum();
    }
}
