using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>√Σx² as m·√Σ(x/m)², m the greatest magnitude: squares neither overflow nor underflow. It does not depend on m, which is a constant for the derivative.</summary>
internal sealed class Norm : Equivalent
{
    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node)
    {
        if (node.Operation is not Sqrt || node.Inputs[0].Producer is not { Operation: ReduceSum sum } reduction || reduction.Inputs[0].Producer is not { } square || SquareOf(square) is not { } x)
            return null;

        // This is the equal form itself.
        if (x.Producer is { Operation: Div } quotient && quotient.Inputs[1].Producer?.Operation is StopGradient)
            return null;
        Variable? axes = reduction.Inputs.Optional(1);
        Variable divisor = Greatest(x, axes, true, sum.NoopWithEmptyAxes), factor = sum.KeepDims ? divisor : Greatest(x, axes, false, sum.NoopWithEmptyAxes);
        Variable scaled = x / divisor;
        return (factor * Ops.Sqrt(sum.Apply(scaled * scaled, axes)), [x]);
    }

    private static Variable? SquareOf(Node node) => node.Operation switch
    {
        Mul when node.Inputs[0] == node.Inputs[1] => node.Inputs[0],
        Pow when node.Inputs[1].Constant is { Count: 1 } power && power[0] == 2 => node.Inputs[0],
        _ => null,
    };

    /// <summary>The greatest magnitude; 1 where there is none to divide by.</summary>
    private static Variable Greatest(Variable x, Variable? axes, bool keep, bool nothing)
    {
        Variable greatest = new ReduceMax(keep, nothing).Apply(Ops.Abs(x), axes);
        Variable usable = new And().Apply(Ops.Greater(greatest, 0), Ops.Less(greatest, double.PositiveInfinity));
        return Ops.StopGradient(Ops.Where(usable, greatest, 1));
    }
}
