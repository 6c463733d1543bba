using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>What is read of a graph besides its operators: constants, weights, sizes, names.</summary>
public sealed class GraphImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_kind_of_constant_is_read()
    {
        AttributeProto floats = new() { Name = "value_floats", Type = AttributeType.Floats, Floats = { 1.5f, -2 } };
        AttributeProto integers = new() { Name = "value_ints", Type = AttributeType.Ints, Ints = { 3, -4, 5 } };
        AttributeProto one = new() { Name = "value_float", Type = AttributeType.Float, F = 0.25f };
        AttributeProto whole = GoodModel.Int("value_int", 1L << 40);
        AttributeProto tensor = new() { Name = "value", Type = AttributeType.Tensor, T = new TensorProto { DataType = (int)DataType.Double, Dims = { 1, 2 }, DoubleData = { 0.1, 0.2 } } };
        Assert.True(Value.Of([1.5f, -2], 2).BitEquals(Constant(floats, DataType.Float, 2)));
        Assert.True(Value.Of([3L, -4, 5], 3).BitEquals(Constant(integers, DataType.Int64, 3)));
        Assert.True(Value.Of(0.25f).BitEquals(Constant(one, DataType.Float)));
        Assert.True(Value.Of(1L << 40).BitEquals(Constant(whole, DataType.Int64)));
        Assert.True(Value.Of([0.1, 0.2], 1, 2).BitEquals(Constant(tensor, DataType.Double, 1, 2)));
        AttributeProto text = new() { Name = "value_string", Type = AttributeType.String, S = ByteString.CopyFromUtf8("text") };
        Assert.Contains("value_string", Assert.Throws<ImportException>(() => Constant(text, DataType.String)).Message, StringComparison.Ordinal);

        static Value Constant(AttributeProto attribute, DataType type, params long[] dims)
        {
            GraphProto graph = new() { Name = "g", Node = { GoodModel.Node("Constant", [], ["y"], "c", attribute) }, Output = { GoodModel.Value("y", type, dims) } };
            return Assert.Single(Function.Compile(Load(graph).Signature).Run());
        }
    }

    [Fact]
    public void Weights_beside_the_model_are_read_from_their_offset()
    {
        float[] numbers = [.. Enumerable.Range(0, 10).Select(i => i + 0.5f)];
        byte[] bytes = new byte[40];
        Buffer.BlockCopy(numbers, 0, bytes, 0, 40);
        File.WriteAllBytes(folder.File("weights.bin"), bytes);
        Assert.Equal([2.5f, 3.5f, 4.5f], Read(("location", "weights.bin"), ("offset", "8"), ("length", "12")));
        Assert.Equal([0.5f, 1.5f, 2.5f], Read(("location", "weights.bin"), ("length", "12")));
        Assert.Equal([7.5f, 8.5f, 9.5f], Read(("offset", "28"), ("location", "weights.bin")));
        Assert.Contains("by its path", Assert.Throws<ImportException>(() => OnnxModel.Load(Model(("location", "weights.bin"), ("length", "12")))).Message, StringComparison.Ordinal);
        using var stream = new MemoryStream(Model(("location", "weights.bin"), ("length", "12")));
        Assert.Contains("\"w\"", Assert.Throws<ImportException>(() => OnnxModel.Load(stream)).Message, StringComparison.Ordinal);

        float[] Read(params (string Key, string Value)[] entries)
        {
            File.WriteAllBytes(folder.File("model.onnx"), Model(entries));
            return Function.Compile(OnnxModel.Load(folder.File("model.onnx")).Signature).Run(Value.Of([0f, 0, 0], 3))[0].ToArray<float>();
        }

        static byte[] Model(params (string Key, string Value)[] entries)
        {
            var weight = new TensorProto { Name = "w", DataType = (int)DataType.Float, Dims = { 3 }, DataLocation = DataLocation.External };
            weight.ExternalData.AddRange(entries.Select(entry => GoodModel.Entry(entry.Key, entry.Value)));
            return GraphImportTests.Model(Sum(weight)).ToByteArray();
        }
    }

    /// <summary>Weights of differentiable inputs can be trained on; what counts, chooses or is normalized with stays as it is.</summary>
    [Fact]
    public void The_role_of_a_weight_follows_from_where_it_is_used()
    {
        GraphProto graph = new()
        {
            Name = "g",
            Input = { GoodModel.Value("x", DataType.Float, 2, 3) },
            Initializer =
            {
                Tensor("w", 3, 3), Tensor("b", 3), Tensor("row", 1, 3), Tensor("scale", 3), Tensor("shift", 3), Tensor("mean", 3), Tensor("variance", 3), Tensor("one"),
                new TensorProto { Name = "index", DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 1, 0 } },
            },
            Node =
            {
                GoodModel.Node("MatMul", ["x", "w"], ["a"], "a"), GoodModel.Node("Add", ["a", "b"], ["c"], "c"), GoodModel.Node("Add", ["c", "row"], ["d"], "d"),
                GoodModel.Node("BatchNormalization", ["d", "scale", "shift", "mean", "variance"], ["e"], "e"), GoodModel.Node("Mul", ["e", "one"], ["f"], "f"),
                GoodModel.Node("Gather", ["f", "index"], ["y"], "y"),
            },
            Output = { GoodModel.Value("y", DataType.Float, 2, 3) },
        };
        Dictionary<string, ParameterRole> roles = Load(graph).Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Role);
        Assert.Equal(
            new Dictionary<string, ParameterRole>
            {
                ["w"] = ParameterRole.Weight,
                ["b"] = ParameterRole.Bias,
                ["row"] = ParameterRole.Bias,
                ["scale"] = ParameterRole.Scale,
                ["shift"] = ParameterRole.Bias,
                ["mean"] = ParameterRole.State,
                ["variance"] = ParameterRole.State,
            },
            roles);
    }

    /// <summary>A table of which rows are taken is learned although the indices beside it are not.</summary>
    [Fact]
    public void A_table_of_vectors_is_a_weight()
    {
        OneNode gather = new OneNode("Gather", 13).Constant(Value.Of([1f, 2, 3, 4], 2, 2)).Of(Value.Of([1L], 1));
        Parameter table = Assert.Single(OnnxModel.Load(gather.Bytes([Value.Zeros(DType.Float32, 1, 2)])).Parameters);
        Assert.Equal(("c0", ParameterRole.Weight), (table.Name, table.Role));
    }

    /// <summary>A text without a name is an origin as well; a node with neither has the names of its results.</summary>
    [Fact]
    public void A_node_without_a_name_keeps_its_text()
    {
        GraphProto graph = Sum(Tensor("w", 3));
        graph.Node[0].Name = string.Empty;
        Origin bare = Load(graph).Signature.Outputs[0].Variable.Producer!.Origin!;
        Assert.Equal((null, ""), (bare.Name, bare.Documentation));
        Assert.Equal(graph.Node[0].Output, bare.Results);
        graph.Node[0].DocString = "the sum";
        Origin origin = Load(graph).Signature.Outputs[0].Variable.Producer!.Origin!;
        Assert.Equal((null, "the sum"), (origin.Name, origin.Documentation));
        graph.Node[0].DocString = string.Empty;
        graph.Node[0].MetadataProps.Add(GoodModel.Entry("layer", "last"));
        Assert.Equal("last", Load(graph).Signature.Outputs[0].Variable.Producer!.Origin!.Metadata["layer"]);
    }

    /// <summary>An initializer that is an input too, with an output NAME_out, is a parameter that a run changes; <see cref="OnnxModel.Inference"/> leaves it alone.</summary>
    [Fact]
    public void A_parameter_with_its_new_value_as_an_output_is_updated()
    {
        GraphProto graph = Sum(Tensor("w", 3));
        graph.Input.Add(GoodModel.Value("w", DataType.Float, 3));
        graph.Node.Add(GoodModel.Node("Add", ["w", "x"], ["w_out"], "update"));
        graph.Output.Add(GoodModel.Value("w_out", DataType.Float, 3));
        OnnxModel model = Load(graph);
        Assert.Equal("x", Assert.Single(model.Signature.Inputs).Name);
        Assert.Equal("y", Assert.Single(model.Signature.Outputs).Name);
        Parameter updated = Assert.Single(model.Signature.Updates).Parameter;
        Assert.Equal(("w", ParameterRole.Bias), (updated.Name, updated.Role));
        var step = Function.Compile(model.Signature);
        Assert.Equal([2f, 3, 4], step.Run(Value.Of([1f, 2, 3], 3))[0].ToArray<float>());
        Assert.Equal([2f, 3, 4], updated.Value.ToArray<float>());
        Assert.Empty(model.Inference.Updates);
        Assert.Equal([3f, 5, 7], Function.Compile(model.Inference).Run(Value.Of([1f, 2, 3], 3))[0].ToArray<float>());
        Assert.Equal([2f, 3, 4], updated.Value.ToArray<float>());

        // Without the input it is an output like another.
        graph.Input.RemoveAt(1);
        Assert.Equal(["y", "w_out"], Load(graph).Signature.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Sizes_that_the_file_leaves_open_have_names()
    {
        GraphProto graph = Sum(Tensor("w", 3));
        graph.Input[0] = GoodModel.Value("x", DataType.Float, 0, -1, 3);
        graph.Input[0].Type.TensorType.Shape.Dim[0] = new() { DimParam = "rows" };
        graph.Input[0].Type.TensorType.Shape.Dim[1] = new();
        graph.Output[0] = GoodModel.Value("y", DataType.Float, 1, 1, 1);
        foreach (TensorShapeProto.Types.Dimension dim in graph.Output[0].Type.TensorType.Shape.Dim)
            dim.ClearDimValue();
        Assert.Equal("[rows, x_dim1, 3]", Load(graph).Signature.Inputs[0].Shape.ToString());
        graph.Input[0].Type.TensorType.Shape.Dim[1] = new() { DimValue = 0 };
        Assert.Equal("[rows, 0, 3]", Load(graph).Signature.Inputs[0].Shape.ToString());
    }

    /// <summary>A product says what a symbol is; all inputs of that symbol are read anew with it.</summary>
    [Fact]
    public void A_symbol_that_a_weight_settles_is_settled_everywhere()
    {
        GraphProto graph = new()
        {
            Name = "g",
            Input = { GoodModel.Value("other", DataType.Float, 1), GoodModel.Value("x", DataType.Float, 2, 1) },
            Initializer = { Tensor("w", 3, 4) },
            Node = { GoodModel.Node("MatMul", ["x", "w"], ["y"], "y"), GoodModel.Node("Neg", ["other"], ["z"], "z") },
            Output = { GoodModel.Value("y", DataType.Float, 2, 4), GoodModel.Value("z", DataType.Float, 3) },
        };
        graph.Input[0].Type.TensorType.Shape.Dim[0] = new() { DimParam = "features" };
        graph.Input[1].Type.TensorType.Shape.Dim[1] = new() { DimParam = "features" };
        Assert.Equal(["[3]", "[2, 3]"], Load(graph).Signature.Inputs.Select(input => input.Shape.ToString()));
    }

    [Fact]
    public void Operators_that_are_missing_are_counted_by_name()
    {
        GraphProto graph = Sum(Tensor("w", 3));
        graph.Node.Insert(0, new NodeProto { OpType = "Twist", Domain = "org.example", Input = { "x" }, Output = { "t" } });
        graph.Node.Insert(0, new NodeProto { OpType = "Bend", Domain = "org.example", Input = { "x" }, Output = { "d" } });
        graph.Node.Insert(0, new NodeProto { OpType = "Bend", Domain = "org.example", Input = { "x" }, Output = { "e" } });
        ModelProto model = Model(graph);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "org.example", Version = 3 });

        // Nobody needs their results yet.
        Assert.Single(OnnxModel.Load(model.ToByteArray()).Signature.Outputs);
        model.Graph.Output.AddRange(new[] { "t", "d", "e" }.Select(name => GoodModel.Value(name, DataType.Float, 3)));
        Assert.Equal(
            "Expected operators that the engine has, found others: org.example.Bend (2), org.example.Twist (1).",
            Assert.Throws<ImportException>(() => OnnxModel.Load(model.ToByteArray())).Message);
    }

    [Fact]
    public void A_constant_without_numbers_is_refused()
    {
        GraphProto graph = Sum(Tensor("w", 3));
        graph.Node.Insert(0, GoodModel.Node("Constant", [], ["k"], "empty"));
        Assert.Contains("\"empty\" (Constant) needs one attribute", Assert.Throws<ImportException>(() => OnnxModel.Load(Model(graph).ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_texts_of_nodes_and_of_the_file_are_kept()
    {
        GraphProto graph = Sum(Tensor("w", 3));
        graph.Node[0].DocString = "the sum";
        graph.Node[0].MetadataProps.Add(GoodModel.Entry("layer", "last"));
        graph.Input[0].DocString = "what goes in";
        graph.Output[0].DocString = "what comes out";
        graph.ValueInfo.Add(GoodModel.Value("y", DataType.Float, 3));
        ModelProto file = Model(graph);
        (file.ProducerName, file.ProducerVersion, file.Domain, file.ModelVersion, file.DocString) = ("producer", "1.2", "org.example", 7, "about the file");
        file.MetadataProps.Add(GoodModel.Entry("author", "somebody"));
        OnnxModel model = OnnxModel.Load(file.ToByteArray());
        Origin origin = model.Signature.Outputs[0].Variable.Producer!.Origin!;
        Assert.Equal(("sum", "the sum"), (origin.Name, origin.Documentation));
        Assert.Equal("last", origin.Metadata["layer"]);
        Toolkit.OnnxExport.Export.OnnxExportOptions options = model.ExportOptions;
        Assert.Equal(("producer", "1.2", "org.example", 7L), (options.ProducerName, options.ProducerVersion, options.Domain, options.ModelVersion));
        Assert.Equal(("g", "about the file", 17), (options.GraphName, options.Description, options.Opset));
        Assert.Equal(new Dictionary<string, string> { ["x"] = "what goes in", ["y"] = "what comes out" }, options.ValueDescriptions);
        Assert.Equal("somebody", Assert.Single(options.Metadata).Value);
        Assert.True(options.IncludeValueInfo);
        graph.ValueInfo.Clear();
        Assert.False(OnnxModel.Load(file.ToByteArray()).ExportOptions.IncludeValueInfo);
        foreach ((long opset, int written) in new[] { (12L, 13), (13L, 13), (21L, 21), (23L, 21) })
        {
            file.OpsetImport[0].Version = opset;
            Assert.Equal(written, OnnxModel.Load(file.ToByteArray()).ExportOptions.Opset);
        }
    }

    /// <summary>The positions of a maximum are an optional result: an empty name says that nobody asks for them.</summary>
    [Fact]
    public void A_result_without_a_name_is_left_out()
    {
        OneNode pool = new OneNode("MaxPool", 12).Of([1, 5, 7, 2], 1, 1, 2, 2).With("kernel_shape", [2, 1]);
        ModelProto model = pool.Model([Value.Zeros(DType.Float32, 1, 1, 1, 2)]);
        model.Graph.Node[0].Output.Add(string.Empty);
        Assert.Equal([7f, 5], Function.Compile(OnnxModel.Load(model.ToByteArray()).Signature).Run(pool.Arguments)[0].ToArray<float>());
    }

    /// <summary>Every byte other than 0 is true.</summary>
    [Fact]
    public void A_truth_value_is_true_whatever_its_byte()
    {
        var raw = new TensorProto { Name = "w", DataType = (int)DataType.Bool, Dims = { 3 }, RawData = ByteString.CopyFrom(2, 0, 1) };
        var field = new TensorProto { Name = "w", DataType = (int)DataType.Bool, Dims = { 3 }, Int32Data = { 2, 0, 1 } };
        foreach (TensorProto tensor in new[] { raw, field })
        {
            Value value = TensorConversion.ToValue(tensor);
            Assert.Equal<byte>([1, 0, 1], value.Bytes.ToArray());
            Variable truth = Variable.Of(value), yes = Variable.Of(Value.Of([true, true, true], 3));
            Signature both = new([], [new Output("y", new And().Apply(truth, yes))]);
            Assert.Equal([true, false, true], Function.Compile(both).Run()[0].ToArray<bool>());
        }
    }

    private static GraphProto Sum(TensorProto weight) => new()
    {
        Name = "g",
        Input = { GoodModel.Value("x", DataType.Float, 3) },
        Initializer = { weight },
        Node = { GoodModel.Node("Add", ["x", "w"], ["y"], "sum") },
        Output = { GoodModel.Value("y", DataType.Float, 3) },
    };

    private static TensorProto Tensor(string name, params int[] sizes) => TensorConversion.ToProto(Value.Full(1.0, DType.Float32, sizes), name);

    private static ModelProto Model(GraphProto graph) => new() { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph };

    private static OnnxModel Load(GraphProto graph) => OnnxModel.Load(Model(graph).ToByteArray());
}
