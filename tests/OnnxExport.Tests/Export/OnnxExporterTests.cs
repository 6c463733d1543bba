using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Tests.Export;

public class OnnxExporterTests
{
    private static readonly string[] ShapeOperators = ["Shape", "Gather", "Concat", "Mul", "Add"];

    [Theory]
    [InlineData(13, 7)]
    [InlineData(14, 7)]
    [InlineData(15, 8)]
    [InlineData(16, 8)]
    [InlineData(17, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(20, 9)]
    [InlineData(21, 10)]
    public void The_format_has_the_lowest_version_for_the_operator_set(int opset, long version)
    {
        ModelProto model = OnnxExporter.ToModel(SmallModels.Perceptron(), new() { Opset = opset });
        Assert.Equal(version, model.IrVersion);
        OperatorSetIdProto import = Assert.Single(model.OpsetImport);
        Assert.Equal(("", (long)opset), (import.Domain, import.Version));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(22)]
    public void Other_operator_sets_are_refused(int opset)
    {
        var failure = Assert.Throws<ExportException>(() => OnnxExporter.Export(SmallModels.Perceptron(), new() { Opset = opset }));
        Assert.Contains("13 to 21", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{opset}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_models_give_equal_bytes()
    {
        Assert.Equal(OnnxExporter.Export(SmallModels.Perceptron()), OnnxExporter.Export(SmallModels.Perceptron()));
        Assert.Equal(OnnxExporter.Export(SmallModels.ConvolutionalNetwork()), OnnxExporter.Export(SmallModels.ConvolutionalNetwork()));
        Assert.Equal(OnnxExporter.Export(SmallModels.TrainingStep()), OnnxExporter.Export(SmallModels.TrainingStep()));
        Signature same = SmallModels.Perceptron();
        Assert.Equal(OnnxExporter.Export(same), OnnxExporter.Export(same));
    }

    /// <summary>What is written at once is copied once, into the bytes of the file; training files, which the caller keeps, do not follow the parameters.</summary>
    [Fact]
    public void A_model_takes_the_memory_of_its_file()
    {
        var weight = new Parameter("w", Value.Full(1, DType.Float32, 1024, 1024));
        Variable x = Variable.Input("x", DType.Float32, ["batch", 1024]);
        var signature = new Signature([x], [new Output("y", Ops.MatMul(x, weight))]);
        byte[] first = OnnxExporter.Export(signature);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(first, OnnxExporter.Export(signature));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, first.Length, first.Length * 5 / 4);
        ModelProto kept = OnnxExporter.ToModel(signature);
        weight.Value = Value.Full(2, DType.Float32, 1024, 1024);
        Assert.Equal(first, kept.ToByteArray());
    }

    [Fact]
    public void Another_weight_gives_other_bytes()
    {
        Signature signature = SmallModels.Perceptron();
        byte[] before = OnnxExporter.Export(signature);
        signature.Parameters[0].Value = Value.Zeros(DType.Float32, 4, 8);
        Assert.NotEqual(before, OnnxExporter.Export(signature));
    }

    [Fact]
    public void Inputs_and_outputs_keep_names_and_symbols()
    {
        GraphProto graph = OnnxExporter.ToModel(SmallModels.Perceptron()).Graph;
        Assert.Equal("perceptron", graph.Name);
        ValueInfoProto input = Assert.Single(graph.Input);
        Assert.Equal("features", input.Name);
        Assert.Equal("batch", input.Type.TensorType.Shape.Dim[0].DimParam);
        Assert.Equal(4, input.Type.TensorType.Shape.Dim[1].DimValue);
        ValueInfoProto output = Assert.Single(graph.Output);
        Assert.Equal("probabilities", output.Name);
        Assert.Equal("batch", output.Type.TensorType.Shape.Dim[0].DimParam);
    }

    [Fact]
    public void Parameters_are_initializers_in_raw_data_under_their_names_and_no_inputs()
    {
        Signature signature = SmallModels.Perceptron();
        GraphProto graph = OnnxExporter.ToModel(signature).Graph;
        Assert.Equal(["hidden.weight", "hidden.bias", "output.weight", "output.bias"], graph.Initializer.Select(t => t.Name).Take(4));
        foreach (Parameter parameter in signature.Parameters)
        {
            TensorProto tensor = graph.Initializer.Single(t => t.Name == parameter.Name);
            Assert.True(tensor.HasRawData);
            Assert.Empty(tensor.FloatData);
            Assert.True(parameter.Value.BitEquals(TensorConversion.ToValue(tensor)));
        }
    }

    [Fact]
    public void Options_are_written()
    {
        ModelProto model = OnnxExporter.ToModel(SmallModels.Perceptron(), new()
        {
            ProducerName = "producer",
            ProducerVersion = "1.2",
            Domain = "org.example",
            ModelVersion = 7,
            GraphName = "graph",
            Description = "What it is.",
            ValueDescriptions = new Dictionary<string, string> { ["features"] = "four lengths in cm" },
            Metadata = new Dictionary<string, string> { ["license"] = "MIT", ["author"] = "somebody" },
            IncludeValueInfo = false,
        });
        Assert.Equal(("producer", "1.2", "org.example", 7L), (model.ProducerName, model.ProducerVersion, model.Domain, model.ModelVersion));
        Assert.Equal(("graph", "What it is."), (model.Graph.Name, model.DocString));
        Assert.Equal("four lengths in cm", model.Graph.Input[0].DocString);
        Assert.Equal([("author", "somebody"), ("license", "MIT")], model.MetadataProps.Select(m => (m.Key, m.Value)));
        Assert.Empty(model.Graph.ValueInfo);
    }

    [Fact]
    public void Defaults_name_the_producer_and_its_version()
    {
        ModelProto model = OnnxExporter.ToModel(SmallModels.Perceptron());
        Assert.Equal("Toolkit", model.ProducerName);
        Assert.Matches(@"^\d+\.\d+\.\d+$", model.ProducerVersion);
        Assert.Equal(17, model.OpsetImport[0].Version);
    }

    [Fact]
    public void Types_of_all_results_are_written()
    {
        GraphProto graph = OnnxExporter.ToModel(SmallModels.Perceptron()).Graph;
        string[] results = [.. graph.Node.SelectMany(n => n.Output).Except(graph.Output.Select(o => o.Name))];
        Assert.NotEmpty(results);
        Assert.Equal(results, graph.ValueInfo.Select(v => v.Name));
        Assert.All(graph.ValueInfo, v => Assert.Equal("batch", v.Type.TensorType.Shape.Dim[0].DimParam));
    }

    [Fact]
    public void Names_of_nodes_and_values_are_unique()
    {
        // Names of parameters that are equal to each other, to an input, an output, and to the names that nodes get.
        Variable x = Variable.Input("x", DType.Float32, ["batch"]);
        string[] names = ["w", "w", "x", "y", "Add_1", "constant_1"];
        Variable y = names.Aggregate(x, (sum, name) => sum + new Parameter(name, Value.Of(1f))) * 3;
        ModelProto model = OnnxExporter.ToModel(new Signature([x], [new Output("y", y)]));
        Assert.Empty(ModelCheck.Check(model));
        Assert.Equal(["w", "w_1", "x_1", "y_1", "Add_1", "constant_1", "constant_2"], model.Graph.Initializer.Select(t => t.Name));
        string[] nodes = [.. model.Graph.Node.Select(n => n.Name)];
        Assert.Equal(nodes.Distinct(), nodes);
    }

    [Fact]
    public void Outputs_that_are_inputs_parameters_constants_or_repeated_get_an_identity()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch"]);
        var w = new Parameter("w", Value.Of(2f));
        Variable y = x * w;
        var signature = new Signature(
            [x],
            [new("y", y), new("again", y), new("input", x), new("parameter", w), new("constant", Variable.Scalar(3, DType.Float32))]);
        ModelProto model = OnnxExporter.ToModel(signature);
        Assert.Equal(["Mul", "Identity", "Identity", "Identity", "Identity"], model.Graph.Node.Select(n => n.OpType));
        Assert.Equal(["y", "again", "input", "parameter", "constant"], model.Graph.Node.SelectMany(n => n.Output));
        using var session = Serving.OnnxSession.Load(model.ToByteArray());
        Parity.Check(session, signature, [Value.Of([1f, -2f], 2)], 0);
    }

    [Fact]
    public void Equal_constants_are_written_once()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch"]);
        GraphProto graph = OnnxExporter.ToModel(new Signature([x], [new Output("y", ((x + 2) * 2) - 2)])).Graph;
        Assert.Single(graph.Initializer);
    }

    [Fact]
    public void Results_that_nothing_reads_are_left_out_where_they_are_optional()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 2, 4, 4]);
        Variable pooled = Ops.MaxPool(x, new() { Kernel = [2, 2] });
        Variable part = Ops.Split(x, 1, 1, 1)[0];
        GraphProto graph = OnnxExporter.ToModel(new Signature([x], [new Output("y", pooled), new Output("z", part)])).Graph;
        Assert.Equal(["y"], graph.Node.Single(n => n.OpType == "MaxPool").Output);
        Assert.Equal(2, graph.Node.Single(n => n.OpType == "Split").Output.Count);
    }

    [Fact]
    public void Sizes_known_at_run_time_are_read_from_the_input_that_carries_them_and_shared()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", "time"]);
        Variable row = Variable.Input("row", DType.Float32, [1, "time"]);
        Shape shape = ["batch", "time"];
        Variable y = Ops.Expand(row, shape, x) + Ops.Expand(row * 2, shape, x) + Ops.Expand(Ops.Reshape(row, ["time"]), [3, "batch", "time"], x);
        var signature = new Signature([x, row], [new Output("y", y)]);
        ModelProto model = OnnxExporter.ToModel(signature);
        string[] operators = [.. model.Graph.Node.Select(n => n.OpType)];
        Assert.Equal(1, operators.Count(o => o == "Shape"));
        Assert.Equal(2, operators.Count(o => o == "Gather"));
        Assert.Equal(2, operators.Count(o => o == "Concat"));
        using var session = Serving.OnnxSession.Load(model.ToByteArray());
        foreach ((int batch, int time) in new[] { (2, 3), (1, 1), (5, 4) })
        {
            var random = new Random(batch);
            Parity.Check(session, signature, [SmallModels.Random(random, DType.Float32, batch, time), SmallModels.Random(random, DType.Float32, 1, time)], 0);
        }
    }

    [Fact]
    public void Polynomials_of_symbols_are_computed_at_run_time()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", "time"]);
        Variable one = Variable.Input("one", DType.Float32, [1]);
        Dim many = (Dim.Named("batch") * "time" * 2) - "time" + 3;
        Variable flat = Ops.Expand(one, [many], x);
        Variable wide = Ops.Reshape(Ops.Expand(Ops.Reshape(x, ["batch", "time", 1]), ["batch", "time", 4]), [Dim.Named("batch") * 4, "time"]);
        var signature = new Signature([x, one], [new Output("flat", flat), new Output("wide", wide)]);
        ModelProto model = OnnxExporter.ToModel(signature);
        Assert.Contains(model.Graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam, (string[])["2*batch*time - 1*time + 3", "-1*time + 2*batch*time + 3"]);
        Assert.Equal("4*batch", model.Graph.Output[1].Type.TensorType.Shape.Dim[0].DimParam);
        Assert.Empty(ModelCheck.Check(model));
        Assert.Empty(model.Graph.Node.Select(n => n.OpType).Except([.. ShapeOperators, "Expand", "Reshape"]));
        using var session = Serving.OnnxSession.Load(model.ToByteArray());
        foreach ((int batch, int time) in new[] { (2, 3), (1, 1), (5, 4) })
        {
            Parity.Check(session, signature, [SmallModels.Random(new Random(1), DType.Float32, batch, time), Value.Of([7f], 1)], 0);
        }
    }

    [Fact]
    public void An_operation_without_ONNX_form_is_named()
    {
        Variable x = Variable.Input("x", DType.Float32, []);
        var signature = new Signature([x], [new Output("y", new Formless().Apply(x))]);
        var failure = Assert.Throws<ExportException>(() => OnnxExporter.Export(signature));
        Assert.Contains("Formless", failure.Message, StringComparison.Ordinal);
        Assert.Contains("17", failure.Message, StringComparison.Ordinal);
        Assert.Contains("not exported", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_are_named_after_their_layer_or_their_own_name()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]);
        Variable inner = x.Exp().Tanh(), own = inner.Sin(), plain = own.Cos();
        new Origin { Layer = "dense1" }.Mark([inner], [x]);
        new Origin { Name = "wave", Documentation = "a sine", Metadata = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } }.Mark([own], [inner]);
        var model = OnnxExporter.ToModel(new Signature([x], [new Output("y", plain)]));
        Assert.Equal(["dense1/Exp_1", "dense1/Tanh_1", "wave", "Cos_1"], model.Graph.Node.Select(n => n.Name));
        Assert.Equal("a sine", model.Graph.Node[2].DocString);
        Assert.Equal(["a=1", "b=2"], model.Graph.Node[2].MetadataProps.Select(m => $"{m.Key}={m.Value}"));
    }

    [Fact]
    public void Equal_nodes_are_written_once()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]);
        var model = OnnxExporter.ToModel(new Signature([x], [new Output("y", x.Exp() + x.Exp()), new Output("z", x.Exp())]));
        Assert.Equal(["Exp", "Add"], model.Graph.Node.Select(n => n.OpType));
        Assert.Equal(["y", "z"], model.Graph.Output.Select(o => o.Name));
    }

    private sealed record Formless : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];
    }
}
