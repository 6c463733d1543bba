using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>A loss made of others, whose parts may count examples differently: the sum of the means of its <see cref="Loss.Terms"/>.</summary>
public abstract record ComposedLoss : Loss
{
    /// <summary>What each example adds: Σ m·l over the terms, 0 where an example does not count.</summary>
    /// <param name="prediction">What the model gives, its first axis the batch.</param>
    /// <param name="target">Labels or targets.</param>
    public sealed override Variable PerExample(Variable prediction, Variable target) =>
        Terms(prediction, target).Select(term => term.Counted()).Aggregate((sum, term) => sum + term);

    /// <inheritdoc/>
    public abstract override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target);
}
