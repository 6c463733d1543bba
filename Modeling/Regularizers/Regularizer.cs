using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// A term that is added to the loss to make a model do well on new examples: J̃ = J + Ω (book equation 7.1). It may use the loss, its
/// gradients, the input, hidden representations, parameters, and the model applied to other inputs.
/// </summary>
/// <remarks>One of your own is a <c>record</c>, as all of them are: from a class, C# says "Only records may inherit from records" (CS8865).</remarks>
public abstract record Regularizer
{
    /// <summary>The share of the loss of the clean examples that the term takes away because it puts another loss in its place, between 0 and 1; 0 by default. The
    /// shares of all regularizers together are at most 1: otherwise the clean loss would count negatively.</summary>
    public virtual double ReplacedShare => 0.0;

    /// <summary>The term, a scalar of the loss's type.</summary>
    /// <param name="objective">What is being trained.</param>
    public abstract Variable Penalty(Objective objective);
}
