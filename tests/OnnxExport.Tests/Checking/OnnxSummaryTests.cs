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
                    new ValueInfoProto { Name = "open", Type = new TypeProto { TensorType = new() { ElemType = (int)DataType.Int8, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "n" }, new TensorShapeProto.Types.Dimension(), new TensorShapeProto.Types.Dimension { DimParam = "" }, new TensorShapeProto.Types.Dimension { DimValue = 3 } } } } } },
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
                    new ValueInfoProto { Name = "sparse", Type = new TypeProto { SparseTensorType = new() { ElemType = 99 } } },
                    new ValueInfoProto { Name = "optional", Type = new TypeProto { OptionalType = new() { ElemType = new TypeProto { TensorType = new() { ElemType = (int)DataType.Double } } } } },
                },
                Initializer =
                {
                    new TensorProto { Name = "nibbles", DataType = (int)DataType.Int4, Dims = { 3, 3 }, DataLocation = DataLocation.External },
                    new TensorProto { Name = "absurd", DataType = (int)DataType.Double, Dims = { 1L << 40, 1L << 40 } },
                    new TensorProto { Name = "unknown", DataType = 99, Dims = { 2 } },
                    new TensorProto { Name = "texts", DataType = (int)DataType.String, Dims = { 2 } },
                },
            },
        };
        OnnxSummary summary = OnnxSummary.Of(model.ToByteArray());
        Assert.Equal([("open", "int8[n, ?, ?, 3]"), ("rankless", "bfloat16[…]")], summary.Inputs.Select(input => (input.Name, input.Type)));
        Assert.Equal([("maps", "sequence(map(int64, float[]))"), ("untyped", "?"), ("sparse", "sparse ?[…]"), ("optional", "optional(double[…])")], summary.Outputs.Select(output => (output.Name, output.Type)));
        Assert.Equal(
            [new OnnxTensor("nibbles", "int4[3, 3]", 9, 5, true), new OnnxTensor("absurd", $"double[{1L << 40}, {1L << 40}]", 0, 0, false), new OnnxTensor("unknown", "?[2]", 2, 0, false), new OnnxTensor("texts", "string[2]", 2, 0, false)],
            summary.Tensors);
        Assert.Equal(13, summary.Elements);
        Assert.Equal(5, summary.Bytes);
    }

    [Fact]
    public void What_the_file_has_a_value_for_is_no_input()
    {
        ModelProto model = GoodModel.Create();
        model.Graph.Input.AddRange([GoodModel.Value("w", DataType.Float, 2, 2), GoodModel.Value("s", DataType.Float, 2)]);
        model.Graph.SparseInitializer.Add(new SparseTensorProto());
        OnnxSummary summary = OnnxSummary.Of(model.ToByteArray());
        Assert.Equal(["x", "flag"], summary.Inputs.Select(input => input.Name));
        Assert.Equal([("w", 16L), ("scale", 4L), ("s", 8L)], summary.Tensors.Select(tensor => (tensor.Name, tensor.Bytes)));
        Assert.Equal(28, summary.Bytes);
    }

    [Fact]
    public void Tensors_stand_in_the_order_of_graphs()
    {
        ModelProto model = GoodModel.Create();
        AttributeProto branch = model.Graph.Node[3].Attribute[0];
        branch.G.Initializer.Add(GoodModel.Floats("first", 1));
        branch.Graphs.Add(new GraphProto { Initializer = { GoodModel.Floats("second", 1) } });
        Assert.Equal(["w", "scale", "s", "first", "second"], OnnxSummary.Of(model.ToByteArray()).Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void Operators_stand_in_the_order_of_their_number_domain_and_name()
    {
        (string Domain, string Name)[] nodes = [("", "Exp"), ("org.example", "Abs"), ("", "Neg"), ("", "Abs"), ("", "Neg"), ("a.first", "Zero"), ("ai.onnx", "Neg")];
        var model = new ModelProto { Graph = new GraphProto { Node = { nodes.Select(node => new NodeProto { OpType = node.Name, Domain = node.Domain }) } } };
        Assert.Equal(
            [new OnnxOperator("ai.onnx", "Neg", 3), new OnnxOperator("a.first", "Zero", 1), new OnnxOperator("ai.onnx", "Abs", 1), new OnnxOperator("ai.onnx", "Exp", 1), new OnnxOperator("org.example", "Abs", 1)],
            OnnxSummary.Of(model.ToByteArray()).Operators);
    }

    [Fact]
    public void A_program_may_have_no_version()
    {
        var model = new ModelProto { ProducerName = "pytorch", ProducerVersion = "2.0.0", Graph = new GraphProto() };
        Assert.Equal("pytorch 2.0.0", OnnxSummary.Of(model.ToByteArray()).Producer);
        model.ProducerVersion = "";
        Assert.Equal("pytorch", OnnxSummary.Of(model.ToByteArray()).Producer);
        model.ProducerName = "";
        Assert.Equal("", OnnxSummary.Of(model.ToByteArray()).Producer);
    }

    [Fact]
    public void Of_sets_that_stand_twice_the_newest_counts_and_of_metadata_the_last()
    {
        var model = new ModelProto
        {
            Graph = new GraphProto(),
            OpsetImport = { new OperatorSetIdProto { Domain = "ai.onnx", Version = 17 }, new OperatorSetIdProto { Domain = "", Version = 13 } },
            MetadataProps = { GoodModel.Entry("author", "first"), GoodModel.Entry("author", "last") },
        };
        OnnxSummary summary = OnnxSummary.Of(model.ToByteArray());
        Assert.Equal([new KeyValuePair<string, long>("ai.onnx", 17)], summary.OperatorSets);
        Assert.Equal([new KeyValuePair<string, string>("author", "last")], summary.Metadata);
    }

    [Fact]
    public void What_is_no_model_is_refused() => Assert.Throws<InvalidOnnxModelException>(() => OnnxSummary.Of([1, 2, 3]));
}
