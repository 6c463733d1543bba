using Google.Protobuf;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>The summary of a file, against what the file was made of.</summary>
public sealed class OnnxSummaryTests
{
    [Fact]
    public void Nodes_of_inner_graphs_and_functions_count()
    {
        ModelProto model = GoodModel.Create();
        OnnxSummary summary = OnnxSummary.Of(model.ToByteArray());
        int nodes = model.Graph.Node.Count + model.Graph.Node.SelectMany(node => node.Attribute).Where(attribute => attribute.G is not null).Sum(attribute => attribute.G.Node.Count)
            + model.Functions.Sum(function => function.Node.Count);
        Assert.True(nodes > model.Graph.Node.Count);
        Assert.Equal(nodes, summary.Nodes);
        Assert.Equal(17, summary.OperatorSets["ai.onnx"]);
        Assert.Equal(1, summary.OperatorSets["org.example"]);
        Assert.Equal("somebody", summary.Metadata["author"]);
        Assert.Equal(8, summary.FormatVersion);
        Assert.DoesNotContain(summary.Inputs, input => model.Graph.Initializer.Any(tensor => tensor.Name == input.Name));
    }

    [Fact]
    public void Types_and_sizes_are_in_the_terms_of_the_format()
    {
        var model = new ModelProto
        {
            Graph = new GraphProto
            {
                Name = "g",
                Input =
                {
                    new ValueInfoProto { Name = "open", Type = new TypeProto { TensorType = new() { ElemType = (int)DataType.Int8, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "n" }, new TensorShapeProto.Types.Dimension(), new TensorShapeProto.Types.Dimension { DimValue = 3 } } } } } },
                    new ValueInfoProto { Name = "rankless", Type = new TypeProto { TensorType = new() { ElemType = (int)DataType.Bfloat16 } } },
                },
                Output =
                {
                    new ValueInfoProto
                    {
                        Name = "maps",
                        Type = new TypeProto { SequenceType = new() { ElemType = new TypeProto { MapType = new() { KeyType = (int)DataType.Int64, ValueType = new TypeProto { TensorType = new() { ElemType = (int)DataType.Float, Shape = new() } } } } } },
                    },
                    new ValueInfoProto { Name = "untyped" },
                },
                Initializer =
                {
                    new TensorProto { Name = "nibbles", DataType = (int)DataType.Int4, Dims = { 3, 3 }, DataLocation = DataLocation.External },
                    new TensorProto { Name = "absurd", DataType = (int)DataType.Double, Dims = { 1L << 40, 1L << 40 } },
                    new TensorProto { Name = "unknown", DataType = 99, Dims = { 2 } },
                },
            },
        };
        OnnxSummary summary = OnnxSummary.Of(model.ToByteArray());
        Assert.Equal([("open", "int8[n, ?, 3]"), ("rankless", "bfloat16[…]")], summary.Inputs.Select(input => (input.Name, input.Type)));
        Assert.Equal([("maps", "sequence(map(int64, float[]))"), ("untyped", "?")], summary.Outputs.Select(output => (output.Name, output.Type)));
        Assert.Equal(
            [new OnnxTensor("nibbles", "int4[3, 3]", 9, 5, true), new OnnxTensor("absurd", $"double[{1L << 40}, {1L << 40}]", 0, 0, false), new OnnxTensor("unknown", "?[2]", 2, 0, false)],
            summary.Tensors);
        Assert.Equal(11, summary.Elements);
        Assert.Equal(5, summary.Bytes);
    }

    [Fact]
    public void What_is_no_model_is_refused() => Assert.Throws<InvalidOnnxModelException>(() => OnnxSummary.Of([1, 2, 3]));
}
