using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>The axis of <c>Softmax</c> and <c>LogSoftmax</c>: one axis from operator set 13 on; before, all axes from it on taken together.</summary>
internal static class OldAxes
{
    public static IReadOnlyList<Variable> Along(OnnxNode node, Func<Variable, int, Variable> along)
    {
        Variable x = node[0];
        int axis = x.Shape.Axis(node.Integer("axis"));
        if (node.Version >= 13 || axis == x.Shape.Rank - 1)
            return [along(x, axis)];
        Dim rows = Shape.Of([.. x.Shape.Take(axis)]).ElementCount;
        Dim columns = Shape.Of([.. x.Shape.Skip(axis)]).ElementCount;
        return [Ops.Reshape(along(Ops.Reshape(x, [rows, columns]), 1), x.Shape)];
    }
}
