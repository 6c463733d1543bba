using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>√Σx², √(x² + y²), √(1 + x²) and the like as m·√Σ(x/m)², m the greatest magnitude: squares neither overflow nor underflow. It does not depend on m, which is a constant for the derivative.</summary>
internal sealed class Norm : Equivalent
{
    // Enough for what is written by hand; a bound, since sums may be long chains.
    private const int Most = 64;

    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node, Sight see)
    {
        if (node.Operation is not Sqrt || see.Producer(node.Inputs[0]) is not { } sum)
            return null;
        if (OfReduction(sum, see) is { } reduced)
            return reduced;
        var terms = new List<(Variable Root, Variable? Behind)>();
        Variable[] behind = Collect(node.Inputs[0], terms, see) ? [.. terms.Select(term => term.Behind).OfType<Variable>()] : [];
        return behind.Length > 0 ? (Added([.. terms.Select(term => term.Root)]), behind) : null;
    }

    /// <summary>The root of a sum of squares over axes.</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? OfReduction(Node node, Sight see) =>
        node is { Operation: ReduceSum sum } && see.Producer(node.Inputs[0]) is { } square && SquareOf(square, see) is { } x ? (Reduced(sum, x, node.Inputs.Optional(1)), [x]) : null;

    private static Variable Reduced(ReduceSum sum, Variable x, Variable? axes)
    {
        Variable divisor = Greatest(x, axes, true, sum.NoopWithEmptyAxes), factor = sum.KeepDims ? divisor : Greatest(x, axes, false, sum.NoopWithEmptyAxes);
        Variable scaled = x / divisor;
        return factor * Ops.Sqrt(sum.Apply(scaled * scaled, axes));
    }

    private static Variable Added(Variable[] terms)
    {
        Variable greatest = Usable(terms.Select(term => Ops.Abs(term)).Aggregate(Ops.Max));
        Variable[] scaled = [.. terms.Select(term => term / greatest)];
        return greatest * Ops.Sqrt(scaled.Select(term => term * term).Aggregate(Ops.Add));
    }

    /// <summary>The numbers whose squares a sum adds up: those of squares, norms, and roots of constants. False where it adds up something else, or too much.</summary>
    private static bool Collect(Variable sum, List<(Variable Root, Variable? Behind)> terms, Sight see)
    {
        var open = new Stack<Variable>([sum]);
        while (open.TryPop(out Variable? variable))
        {
            if (see.Producer(variable) is { Operation: Add } node)
            {
                open.Push(node.Inputs[1]);
                open.Push(node.Inputs[0]);
                if (terms.Count + open.Count > Most)
                    return false;
            }
            else if (see.Constant(variable) is { Count: 1 } constant && constant[0] > 0)
            {
                terms.Add((Variable.Of(Value.Full(Math.Sqrt(constant[0]), variable.DType, variable.Shape.ToSizes())), null));
            }
            else if (see.Producer(variable) is { } square && SquareOf(square, see) is { } x)
            {
                terms.Add((x, x));
            }
            else if (see.Producer(variable) is { } reduction && OfReduction(reduction, see) is var (root, behind))
            {
                terms.Add((root, behind[0]));
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The x of x², unless it is that of the equal form itself.</summary>
    private static Variable? SquareOf(Node node, Sight see) =>
        (node.Operation is Mul && node.Inputs[0] == node.Inputs[1]) || (node.Operation is Pow && see.IsNumber(node.Inputs[1], 2))
            ? node.Inputs[0].Producer is { Operation: Div } quotient && quotient.Inputs[1].Producer?.Operation is StopGradient ? null : node.Inputs[0]
            : null;

    private static Variable Greatest(Variable x, Variable? axes, bool keep, bool nothing) => Usable(new ReduceMax(keep, nothing).Apply(Ops.Abs(x), axes));

    /// <summary>A magnitude as a constant; 1 where there is none to divide by.</summary>
    private static Variable Usable(Variable greatest) =>
        Ops.StopGradient(Ops.Where(new And().Apply(Ops.Greater(greatest, 0), Ops.Less(greatest, double.PositiveInfinity)), greatest, 1));
}
