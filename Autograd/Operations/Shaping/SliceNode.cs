using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Reads <c>Slice</c>: one cut for each axis. Ends beyond the axis are drawn to it; a negative step is a choice of indices.</summary>
internal static class SliceNode
{
    public static Variable Apply(OnnxNode node)
    {
        Variable x = node[0];
        IReadOnlyList<long> starts = node.Numbers("starts", 1)!;
        IReadOnlyList<Dim> ends = node.Version >= 10 ? node.Content(2)! : [.. node.Integers("ends")!.Select(Dim.OfNumber)];
        IReadOnlyList<long> axes = node.Numbers("axes", 3) ?? [.. Enumerable.Range(0, starts.Count)];
        IReadOnlyList<long> steps = (node.Version >= 10 ? node.Numbers(4) : null) ?? [.. Enumerable.Repeat(1L, starts.Count)];
        if (ends.Count != starts.Count || axes.Count != starts.Count || steps.Count != starts.Count)
            throw new ShapeException($"Slice expects as many ends, axes and steps as starts ({starts.Count}), found {ends.Count}, {axes.Count} and {steps.Count}.");
        for (int i = 0; i < starts.Count; i++)
            x = Cut(x, x.Shape.Axis((int)axes[i]), starts[i], ends[i], steps[i]);
        return starts.Count == 0 ? new Identity().Apply(x) : x;
    }

    private static Variable Cut(Variable x, int axis, long start, Dim last, long step)
    {
        Dim dim = x.Shape[axis];
        if (!dim.IsStatic || !last.IsStatic)
        {
            return last.IsStatic && last.Number >= int.MaxValue && start == 0 && step == 1 ? new Identity().Apply(x)
                : start >= 0 && step == 1 && !last.IsStatic ? new Slice(axis, (int)start, last).Apply(x)
                : throw new ShapeException($"Slice needs a static size on axis {axis} of {x.Shape} to go from {start} to {last} in steps of {step}.");
        }

        (long size, long end) = (dim.Size, last.Number);
        long From(long index, long least, long most) => Math.Clamp(index < 0 ? index + size : index, least, most);
        if (step > 0)
        {
            int first = (int)From(start, 0, size);
            return new Slice(axis, first, Math.Max(first, (int)From(end, 0, size)), (int)Math.Min(step, int.MaxValue)).Apply(x);
        }

        if (step == 0)
            throw new ShapeException($"Slice expects a step other than 0 on axis {axis} of {x.Shape}.");
        var indices = new List<long>();
        for (long i = From(start, -1, size - 1), stop = From(end, -1, size - 1); i > stop; i += step)
            indices.Add(i);
        return Ops.Gather(x, Variable.Of(Value.Of(indices.ToArray(), indices.Count)), axis);
    }
}
