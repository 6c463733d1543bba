using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>Reads a reduction: its axes stand in an attribute in older versions and in an input in newer ones.</summary>
internal static class ReductionNode
{
    public static IReadOnlyList<Variable> Read(OnnxNode node, Func<bool, bool, Operation> make)
    {
        Variable? axes = node.Axes("axes", 1);
        return make(node.Flag("keepdims"), node.Knows("noop_with_empty_axes") && node.Flag("noop_with_empty_axes"))
            .ApplyAll(node[0], axes is null || axes.DType == DType.Int64 ? axes : Ops.Cast(axes, DType.Int64));
    }
}
