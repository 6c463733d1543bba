using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Where the standard has an operator for a module, it is what the module is written as.</summary>
public class StandardNodeTests
{
    private static readonly Dictionary<string, Func<Module>> Modules = new()
    {
        ["hard tanh"] = () => new Activation(Activations.HardTanh),
        ["elu"] = () => new Activation(Activations.Elu),
        ["selu"] = () => new Activation(Activations.Selu),
        ["gelu"] = () => new Activation(Activations.Gelu),
        ["prelu"] = () => new ParametricRelu(4),
        ["batch normalization"] = () => new BatchNormalization(4),
        ["layer normalization"] = () => new LayerNormalization(4),
        ["group normalization"] = () => new GroupNormalization(4, 2),
    };

    [Theory]
    [InlineData("hard tanh", 13, "Clip")]
    [InlineData("elu", 13, "Elu")]
    [InlineData("selu", 13, "Selu")]
    [InlineData("gelu", 20, "Gelu")]
    [InlineData("gelu", 19, "Div", "Erf", "Add", "Mul", "Mul")]
    [InlineData("prelu", 13, "PRelu")]
    [InlineData("batch normalization", 13, "BatchNormalization")]
    [InlineData("layer normalization", 17, "LayerNormalization")]
    [InlineData("group normalization", 21, "Reshape", "GroupNormalization", "Reshape")]
    public void A_module_is_written_as_the_operators_of_the_standard(string module, int opset, params string[] operators)
    {
        Sequential model = new(Modules[module]()) { InputShape = [4] };
        string[] found = [.. OnnxExporter.ToModel(model.Inference, new OnnxExportOptions { Opset = opset }).Graph.Node.Select(node => node.OpType)];
        Assert.Equal(operators, found.Where(name => name is not ("Shape" or "Gather" or "Concat" or "Unsqueeze")));
    }
}
