using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>A part of a loss that is a mean over examples of its own: Σ w·m·l/Σ w·m for examples of weight w.</summary>
/// <param name="PerExample">l: a number for each example, [batch]. Where m is 0 it may be anything.</param>
/// <param name="Counts">m: how much each example counts in this part, at least 0 and constant in the model's parameters, [batch]; null if each counts once.</param>
public sealed record LossTerm(Variable PerExample, Variable? Counts = null)
{
    /// <summary>The term with other numbers per example.</summary>
    internal LossTerm Map(Func<Variable, Variable> map) => this with { PerExample = map(PerExample) };

    /// <summary>The term for examples that count that many times as much.</summary>
    internal LossTerm Times(Variable counts) => this with { Counts = Counts is null ? counts : Counts * counts };

    /// <summary>m·l, 0 where the example does not count.</summary>
    internal Variable Counted() => Counts is null ? PerExample : Counts * WeightedMean.Present(PerExample, Counts);
}
