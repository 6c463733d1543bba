using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>Reads and writes a reduction: its axes stand in an attribute in older versions and in an input in newer ones.</summary>
internal static class ReductionNode
{
    public static IReadOnlyList<Variable> Read(OnnxNode node, Func<bool, bool, Operation> make)
    {
        Variable? axes = node.Axes("axes", 1);
        return make(node.Flag("keepdims"), node.Knows("noop_with_empty_axes") && node.Flag("noop_with_empty_axes"))
            .ApplyAll(node[0], axes is null || axes.DType == DType.Int64 ? axes : Ops.Cast(axes, DType.Int64));
    }

    /// <summary>The node; null where the operator set cannot say it. Operator sets in which the axes are an attribute take those that are known.</summary>
    public static OnnxForm? Write(string name, OnnxRequest request, bool keepDims, bool noopWithEmptyAxes, int axesAreInputSince = 18)
    {
        var keep = new OnnxAttribute("keepdims", keepDims ? 1L : 0L);
        if (request.Opset >= axesAreInputSince)
        {
            return new OnnxForm(name)
            {
                Attributes = noopWithEmptyAxes ? [keep, new OnnxAttribute("noop_with_empty_axes", 1L)] : [keep],
                Inputs = request.Inputs.Has(1) ? [new OnnxInput.Argument(0), request.Sizes(1)] : [new OnnxInput.Argument(0)],
            };
        }

        IReadOnlyList<Dim>? known = request.Inputs.Content(1);
        if ((request.Inputs.Has(1) && known is null) || (noopWithEmptyAxes && known is null or { Count: 0 }))
            return null;
        long[] axes = [.. known?.Select(axis => axis.Number) ?? []];
        return new OnnxForm(name) { Attributes = axes.Length == 0 ? [keep] : [new OnnxAttribute("axes", axes), keep], Inputs = [new OnnxInput.Argument(0)] };
    }
}
