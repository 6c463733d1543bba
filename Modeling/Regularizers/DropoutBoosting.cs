using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// The control experiment of dropout: the same masks, but each subnetwork follows the gradient of the loss of the whole ensemble (its prediction by weight
/// scaling), as in boosting, and not of its own. The objective becomes that loss, with its gradient at the output sent back through the masked network; the term
/// added here is the difference to J. It shows that dropout is more than noise: it has nothing of dropout's effect. Source: book section 7.12; Warde-Farley et
/// al., "An empirical analysis of dropout in piecewise linear networks", 2014.
/// </summary>
public sealed record DropoutBoosting : Regularizer
{
    /// <inheritdoc/>
    public override double ReplacedShare => 1.0;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        if (!objective.Draws)
        {
            throw new GraphException(
                $"{nameof(DropoutBoosting)} trains the subnetworks that masks leave: expected a model with {nameof(Modules.Dropout)}, found one that draws nothing.");
        }

        Variable whole = objective.Predict(objective.Input).StopGradient();
        Variable loss = objective.LossOf(whole);
        Variable signal = Gradient.Of(loss, wrt: whole).StopGradient();
        // Worth 0; its gradient is the signal, through the subnetwork that the masks left.
        Variable path = (signal * (objective.Output - objective.Output.StopGradient())).Sum();
        return loss + path - objective.Loss;
    }
}
