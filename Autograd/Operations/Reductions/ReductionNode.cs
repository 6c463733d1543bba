using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>Reads a reduction: its axes stand in an attribute in older versions and in an input in newer ones; without any, all axes are meant.</summary>
internal static class ReductionNode
{
    public static Variable Axes(OnnxNode node, Func<IntList, bool, Variable> reduce)
    {
        Shape shape = node[0].Shape;
        IReadOnlyList<long> axes = node.Numbers("axes", 1) ?? [];
        bool nothing = axes.Count == 0;
        if (nothing && node.Knows("noop_with_empty_axes") && node.Flag("noop_with_empty_axes"))
            return new Identity().Apply(node[0]);
        int[] chosen = nothing ? [.. Enumerable.Range(0, shape.Rank)] : [.. axes.Select(axis => shape.Axis(axis)).Order()];
        if (chosen.Distinct().Count() < chosen.Length)
            throw new ShapeException($"{node.Operator} expects different axes, found {string.Join(", ", axes)} for {shape}.");
        return reduce([.. chosen], node.Flag("keepdims"));
    }
}
