using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;

namespace Toolkit.OnnxExport.Tests.Export;

public class NormalizationExportTests
{
    [Theory]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    public void A_layer_that_normalizes_the_last_axes_is_one_node_where_the_operator_set_has_it(int opset, int nodes)
    {
        Sequential model = new(new LayerNormalization(6), new LayerNormalization([3, 6])) { InputShape = [3, 6] };
        string[] operators = [.. OnnxExporter.ToModel(model.Inference, new OnnxExportOptions { Opset = opset }).Graph.Node.Select(node => node.OpType)];
        Assert.Equal(2 * nodes, operators.Count(name => name == "LayerNormalization"));
        Assert.Equal(nodes == 1, operators.Length == 2);
    }
}
