using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>Reads <c>MaxPool</c> and <c>AveragePool</c>.</summary>
internal static class PoolingNode
{
    public static PoolingOptions Options(OnnxNode node)
    {
        var window = new WindowNode(node, WindowNode.KernelOf(node));
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
        if (node.Results < 2)
            return [Ops.MaxPool(node[0], options)];
        if (options.CeilMode || (node.Knows("storage_order") && node.Flag("storage_order")))
            throw new GraphException("MaxPool gives positions in row-major order and without ceil_mode, found storage_order 1 or ceil_mode 1.");
        return new MaxPool(options.Kernel, options.Steps, options.Pads, options.Dilations).ApplyAll(node[0]);
    }
}
