using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>Broadcasting as operators had it before operator set 7: only where the attribute <c>broadcast</c> asks for it, and from the axis
/// <c>axis</c> of the first input on.</summary>
internal static class OldBroadcast
{
    public static Variable[] Inputs(OnnxNode node)
    {
        (Variable x, Variable y) = (node[0], node[1]);
        if (node.Version >= 7 || !node.Flag("broadcast") || !node.Has("axis"))
            return [x, y];
        int after = x.Shape.Rank - x.Shape.Axis(node.Integer("axis")) - y.Shape.Rank;
        return after >= 0
            ? [x, Ops.Reshape(y, [.. y.Shape, .. Enumerable.Repeat((Dim)1, after)])]
            : throw new ShapeException($"{node.Operator} expects a second input that fits into {x.Shape} from axis {node.Integer("axis")} on, found {y.Shape}.");
    }
}
