using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>1/(1 + eˣ) as σ(−x): eˣ may overflow.</summary>
internal sealed class LogisticQuotient : Equivalent
{
    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node) =>
        node.Operation is Div && IsOne(node.Inputs[0]) && LogOfOnePlusExp.ExponentOf(node.Inputs[1]) is { } x ? (Ops.Sigmoid(-x), [x]) : null;
}
