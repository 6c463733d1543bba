using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>ln(1 + eˣ) as softplus: eˣ may overflow.</summary>
internal sealed class LogOfOnePlusExp : Equivalent
{
    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node) =>
        node.Operation is Log && ExponentOf(node.Inputs[0]) is { } x ? (Ops.Softplus(x), [x]) : null;

    /// <summary>The x of 1 + eˣ; null if a variable is something else.</summary>
    public static Variable? ExponentOf(Variable variable) =>
        variable.Producer is not { Operation: Add } sum ? null
        : IsOne(sum.Inputs[0]) && sum.Inputs[1].Producer is { Operation: Exp } right ? right.Inputs[0]
        : IsOne(sum.Inputs[1]) && sum.Inputs[0].Producer is { Operation: Exp } left ? left.Inputs[0]
        : null;
}
