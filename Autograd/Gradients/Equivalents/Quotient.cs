using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>Quotients of exponentials as the sigmoid, the hyperbolic tangent or the softmax that they are: eˣ may overflow. A 1 counts as e⁰.</summary>
internal sealed class Quotient : Equivalent
{
    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node)
    {
        if (node.Operation is not Div)
            return null;
        (Variable above, Variable below) = (node.Inputs[0], node.Inputs[1]);
        return Logarithm.ExponentOf(above) is { } exponent ? Share(exponent, below) : above.Producer is { Operation: Sub } difference ? Tangent(difference, below) : null;
    }

    /// <summary>eᵃ/(eᵃ + eᵇ) = σ(a − b), and eᵃ over other sums.</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? Share(Variable a, Variable below) =>
        Terms(below) is var (x, y) ? IsSame(x, a) ? (Ops.Sigmoid(a - y), [a, y]) : IsSame(y, a) ? (Ops.Sigmoid(a - x), [a, x]) : Over(a, below)
        : Over(a, below);

    /// <summary>eᵃ/Σeˣ with the greatest x taken out of both, and eᵃ over other sums.</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? Over(Variable a, Variable below)
    {
        if (Logarithm.OfExponentials(below) is not var (same, behind))
            return null;
        if (below.Producer is not { Operation: ReduceSum sum } node)
            return (Ops.Exp(a - same), [a, .. behind]);
        (Variable x, Variable? axes) = (behind[0], node.Inputs.Optional(1));
        Variable Greatest(bool keep) => Ops.StopGradient(new ReduceMax(keep, sum.NoopWithEmptyAxes).Apply(x, axes));
        return (Ops.Exp(a - Greatest(sum.KeepDims)) / sum.Apply(Ops.Exp(x - Greatest(true)), axes), [a, x]);
    }

    /// <summary>(eᵃ − eᵇ)/(eᵃ + eᵇ) = tanh((a − b)/2).</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? Tangent(Node difference, Variable below)
    {
        if (Logarithm.ExponentOf(difference.Inputs[0]) is not { } a || Logarithm.ExponentOf(difference.Inputs[1]) is not { } b || Terms(below) is not var (x, y))
            return null;
        return (IsSame(x, a) && IsSame(y, b)) || (IsSame(x, b) && IsSame(y, a)) ? (Ops.Tanh(0.5 * (a - b)), [a, b]) : null;
    }

    /// <summary>The exponents of a sum of two exponentials.</summary>
    private static (Variable X, Variable Y)? Terms(Variable sum) =>
        sum.Producer is { Operation: Add } node && Logarithm.ExponentOf(node.Inputs[0]) is { } x && Logarithm.ExponentOf(node.Inputs[1]) is { } y ? (x, y) : null;
}
