using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>Quotients of exponentials as the sigmoid, the hyperbolic tangent or the softmax that they are: eˣ may overflow. A 1 counts as e⁰.</summary>
internal sealed class Quotient : Equivalent
{
    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node, Sight see)
    {
        if (node.Operation is not Div)
            return null;
        (Variable above, Variable below) = (node.Inputs[0], node.Inputs[1]);
        return Logarithm.ExponentOf(above, see) is { } exponent ? Share(exponent, below, see) : see.Producer(above) is { Operation: Sub } difference ? Tangent(difference, below, see) : null;
    }

    /// <summary>eᵃ/(eᵃ + eᵇ) = σ(a − b), and eᵃ over other sums.</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? Share(Variable a, Variable below, Sight see) =>
        Terms(below, see) is var (x, y) ? see.IsSame(x, a) ? (Ops.Sigmoid(a - y), [a, y]) : see.IsSame(y, a) ? (Ops.Sigmoid(a - x), [a, x]) : Over(a, below, see)
        : Over(a, below, see);

    /// <summary>eᵃ/Σeˣ with the greatest x taken out of both, and eᵃ over other sums.</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? Over(Variable a, Variable below, Sight see)
    {
        if (Logarithm.OfExponentials(below, see) is not var (same, behind))
            return null;
        if (below.Producer is not { Operation: ReduceSum sum } node)
            return (Ops.Exp(a - same), [a, .. behind]);
        (Variable x, Variable? axes) = (behind[0], node.Inputs.Optional(1));
        Variable Greatest(bool keep) => Ops.StopGradient(new ReduceMax(keep, sum.NoopWithEmptyAxes).Apply(x, axes));
        return (Ops.Exp(a - Greatest(sum.KeepDims)) / sum.Apply(Ops.Exp(x - Greatest(true)), axes), [a, x]);
    }

    /// <summary>(eᵃ − eᵇ)/(eᵃ + eᵇ) = tanh((a − b)/2).</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? Tangent(Node difference, Variable below, Sight see)
    {
        if (Logarithm.ExponentOf(difference.Inputs[0], see) is not { } a || Logarithm.ExponentOf(difference.Inputs[1], see) is not { } b || Terms(below, see) is not var (x, y))
            return null;
        return (see.IsSame(x, a) && see.IsSame(y, b)) || (see.IsSame(x, b) && see.IsSame(y, a)) ? (Ops.Tanh(0.5 * (a - b)), [a, b]) : null;
    }

    /// <summary>The exponents of a sum of two exponentials.</summary>
    private static (Variable X, Variable Y)? Terms(Variable sum, Sight see) =>
        see.Producer(sum) is { Operation: Add } node && Logarithm.ExponentOf(node.Inputs[0], see) is { } x && Logarithm.ExponentOf(node.Inputs[1], see) is { } y ? (x, y) : null;
}
