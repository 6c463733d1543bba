using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

public class ExportOptionsTests
{
    [Theory]
    [InlineData(9)]
    [InlineData(13)]
    [InlineData(21)]
    public void A_model_is_written_as_the_file_was(int opset)
    {
        ModelProto model = Model(opset);
        (model.ProducerName, model.ProducerVersion, model.Domain, model.ModelVersion, model.DocString) = ("maker", "2.1", "org.example", 7, "what it does");
        model.Graph.Name = "main";
        model.Graph.Input[0].DocString = "lengths";
        model.Graph.Output[0].DocString = "their negatives";
        model.MetadataProps.Add(GoodModel.Entry("key", "value"));
        OnnxExportOptions options = OnnxModel.Load(model.ToByteArray()).ExportOptions;
        Assert.Equal(Math.Clamp(opset, OnnxExportOptions.OldestOpset, OnnxExportOptions.NewestOpset), options.Opset);
        Assert.Equal(("maker", "2.1", "org.example", 7L, "what it does", "main"), (options.ProducerName, options.ProducerVersion, options.Domain, options.ModelVersion, options.Description, options.GraphName));
        Assert.Equal(["x0 lengths", "y0 their negatives"], options.ValueDescriptions.Select(entry => $"{entry.Key} {entry.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["key value"], options.Metadata.Select(entry => $"{entry.Key} {entry.Value}"));
        Assert.False(options.IncludeValueInfo);
    }

    /// <summary>One description of a value between is enough, in the graph or in one below it.</summary>
    [Fact]
    public void Values_between_are_described_where_one_was()
    {
        ModelProto model = Model(17);
        Assert.False(OnnxModel.Load(model.ToByteArray()).ExportOptions.IncludeValueInfo);
        model.Graph.ValueInfo.Add(GoodModel.Value("between", DataType.Float, 2));
        Assert.True(OnnxModel.Load(model.ToByteArray()).ExportOptions.IncludeValueInfo);
    }

    private static ModelProto Model(int opset)
    {
        Value x = Value.Of([1f, -2f], 2);
        ModelProto model = new OneNode("Abs", opset).Of(x).Model([x]);
        model.Graph.Node[0].Output[0] = "between";
        model.Graph.Node.Add(GoodModel.Node("Neg", ["between"], ["y0"], "negative"));
        return model;
    }
}
