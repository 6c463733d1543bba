using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>Reads <c>MaxPool</c>, <c>AveragePool</c> and <c>LpPool</c>.</summary>
internal static class PoolingNode
{
    public static PoolingOptions Options(OnnxNode node)
    {
        var window = new WindowNode(node);
        return new PoolingOptions
        {
            Kernel = window.Kernel,
            Strides = window.Strides,
            Pads = window.Pads,
            Dilations = window.Dilations,
            CeilMode = node.Knows("ceil_mode") && node.Flag("ceil_mode"),
            CountIncludePad = node.Knows("count_include_pad") && node.Flag("count_include_pad"),
        };
    }

    /// <summary>The values, and the positions where the file names them.</summary>
    public static IReadOnlyList<Variable> Max(OnnxNode node)
    {
        PoolingOptions options = Options(node);
        var pool = new MaxPool(options.Kernel, options.Steps, options.Borders, options.Spacing, options.CeilMode);
        IReadOnlyList<Variable> results = pool.ApplyAll(node[0]);
        return node.Results > 1 && node.Knows("storage_order") && node.Flag("storage_order")
            ? [results[0], ColumnMajor(results[1], node[0])]
            : results;
    }

    /// <summary>Positions whose first axis moves fastest within a channel, from those whose last one does (ONNX <c>storage_order</c> 1).</summary>
    private static Variable ColumnMajor(Variable positions, Variable image)
    {
        int axes = image.Shape.Rank - 2;
        if (image.Shape.Skip(2).Any(d => !d.IsStatic))
            throw new ShapeException($"MaxPool gives positions in the storage order 1 for images of known size, found {image.Shape}.");
        long[] sizes = [.. image.Shape.Skip(2).Select(d => d.Number)];
        Variable rest = positions, moved = Ops.Integers(0);
        for (int axis = axes - 1; axis >= 0; axis--)
        {
            Variable shorter = rest / Ops.Integers(sizes[axis]);
            Variable at = rest - (shorter * Ops.Integers(sizes[axis]));
            moved += at * Ops.Integers(sizes[..axis].Aggregate(1L, (a, b) => a * b));
            rest = shorter;
        }

        return moved + (rest * Ops.Integers(sizes.Aggregate(1L, (a, b) => a * b)));
    }
}
