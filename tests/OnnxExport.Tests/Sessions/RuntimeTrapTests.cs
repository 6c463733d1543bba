using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Sessions;

/// <summary>Models at which ONNX Runtime would end the process, this test's too, or computes something else than the standard says.</summary>
public class RuntimeTrapTests
{
    [Fact]
    public void Dots_of_different_numbers_of_axes_are_refused()
    {
        NodeProto node = Node("Einsum", ["a", "b"], 1, Text("equation", "...ij, ...jk -> ...ik"));
        Refused("dots that stand for the same number of axes in all terms, found 0 and 1 in the equation \"...ij,...jk->...ik\"", Model(node, ("a", [3, 4]), ("b", [2, 4, 5])));

        // The ranks of values within the model count, too.
        ModelProto behind = Model(Node("Einsum", ["root", "b"], 1, Text("equation", "...ij,...jk")), ("a", [3, 4]), ("b", [2, 4, 5]));
        behind.Graph.Output[0].Type.TensorType.Shape = behind.Graph.Input[1].Type.TensorType.Shape;
        behind.Graph.Node.Insert(0, new NodeProto { OpType = "Sqrt", Input = { "a" }, Output = { "root" } });
        Refused("found 0 and 1", behind);

        using OnnxSession equal = OnnxSession.Load(Model(node, ("a", [2, 3, 4]), ("b", [2, 4, 5])).ToByteArray());
        Assert.Equal("a", equal.Inputs[0].Name);
    }

    /// <summary>Of a model with an operator that the engine does not have, what the file states of its values counts.</summary>
    [Fact]
    public void Dots_are_counted_in_models_that_the_engine_cannot_read()
    {
        ModelProto model = Model(Node("Einsum", ["inner", "b"], 1, Text("equation", "...ij,...jk")), ("a", [3, 4]), ("b", [2, 4, 5]));
        model.Graph.Node.Insert(0, new NodeProto { OpType = "Unheard", Domain = "of", Input = { "a" }, Output = { "inner" } });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "of", Version = 1 });
        Assert.DoesNotContain("would end the process", Assert.Throws<ServingException>(() => OnnxSession.Load(model.ToByteArray())).Message, StringComparison.Ordinal);
        model.Graph.ValueInfo.Add(End("inner", DataType.Float, [3, 4]));
        Refused("found 0 and 1", model);

        model.Graph.Node[1].Input[0] = "weights";
        model.Graph.Initializer.Add(new TensorProto { Name = "weights", DataType = (int)DataType.Float, Dims = { 3, 4 }, RawData = ByteString.CopyFrom(new byte[48]) });
        Refused("found 0 and 1", model);
    }

    /// <summary>The names of values in a function are not those of the model.</summary>
    [Fact]
    public void Dots_in_a_function_are_not_counted_by_names_of_the_model()
    {
        ModelProto model = Model(new NodeProto { OpType = "F", Domain = "own", Input = { "b", "b" }, Output = { "y0" } }, ("a", [3, 4]), ("b", [2, 4, 4]));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "own", Version = 1 });
        model.Functions.Add(new FunctionProto
        {
            Name = "F",
            Domain = "own",
            Input = { "a", "b" },
            Output = { "y0" },
            Node = { Node("Einsum", ["a", "b"], 1, Text("equation", "...ij,...jk->...ik")) },
            OpsetImport = { new OperatorSetIdProto { Version = 24 } },
        });
        model.Graph.Node.Add(new NodeProto { OpType = "Sqrt", Input = { "a" }, Output = { "root" } });
        model.Graph.Output.Add(End("root", DataType.Float, [3, 4]));
        using OnnxSession session = OnnxSession.Load(model.ToByteArray());
        Assert.Equal(2, session.Inputs.Count);
    }

    [Theory]
    [InlineData("q_num_heads")]
    [InlineData("kv_num_heads")]
    public void Attention_without_heads_is_refused(string attribute)
    {
        (string, int[])[] inputs = [("q", [1, 2, 4]), ("k", [1, 2, 4]), ("v", [1, 2, 4])];
        string other = attribute == "q_num_heads" ? "kv_num_heads" : "q_num_heads";
        Refused($"{attribute} of at least 1, found 0,", Model(Node("Attention", ["q", "k", "v"], 1, Integer(attribute, 0), Integer(other, 2)), inputs));
        using OnnxSession good = OnnxSession.Load(Model(Node("Attention", ["q", "k", "v"], 1, Integer(attribute, 2), Integer(other, 2)), inputs).ToByteArray());
        Assert.Equal(3, good.Inputs.Count);
    }

    [Fact]
    public void A_transposed_convolution_without_groups_is_refused() =>
        Refused("group of at least 1, found 0,", Model(Node("ConvTranspose", ["x", "w"], 1, Integer("group", 0)), ("x", [1, 2, 3, 3]), ("w", [2, 1, 2, 2])));

    [Fact]
    public void A_third_input_of_layer_normalization_without_a_name_is_refused() =>
        Refused("two inputs, or a name for the third,", Model(Node("LayerNormalization", ["x", "scale", ""], 1), ("x", [2, 3]), ("scale", [3])));

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void A_split_into_other_parts_than_there_are_outputs_is_refused(int said, int outputs) =>
        Refused($"num_outputs {outputs}, as many as there are outputs, found {said},", Model(Node("Split", ["x"], outputs, Integer("num_outputs", said)), ("x", [6])));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sequence_of_parts_of_nothing_is_refused(bool isInitializer)
    {
        ModelProto model = Model(Node("SplitToSequence", ["x", "length"], 1), ("x", [6]));
        var zero = new TensorProto { Name = "length", DataType = (int)DataType.Int64, Int64Data = { 0 } };
        if (isInitializer)
            model.Graph.Initializer.Add(zero);
        else
            model.Graph.Node.Insert(0, new NodeProto { OpType = "Constant", Output = { "length" }, Attribute = { new AttributeProto { Name = "value", Type = AttributeType.Tensor, T = zero } } });
        Refused("parts of at least 1, found 0,", model);
    }

    /// <summary>Bodies and functions are looked through, from a file as from memory.</summary>
    [Fact]
    public void What_stands_inside_is_found()
    {
        ModelProto model = Model(new NodeProto { OpType = "F", Domain = "own", Input = { "x" }, Output = { "y0" } }, ("x", [6]));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "own", Version = 1 });
        model.Functions.Add(new FunctionProto
        {
            Name = "F",
            Domain = "own",
            Input = { "x" },
            Output = { "y0" },
            Node = { Node("Split", ["x"], 1, Integer("num_outputs", 2)) },
            OpsetImport = { new OperatorSetIdProto { Version = 24 } },
        });
        Refused("num_outputs 1", model);

        var body = new GraphProto { Name = "body", Node = { Node("Split", ["x"], 1, Integer("num_outputs", 2)) }, Output = { new ValueInfoProto { Name = "y0" } } };
        NodeProto choice = Node("If", ["which"], 1);
        choice.Attribute.Add(new AttributeProto { Name = "then_branch", Type = AttributeType.Graph, G = body });
        choice.Attribute.Add(new AttributeProto { Name = "else_branch", Type = AttributeType.Graph, G = body });
        Refused("num_outputs 1", Model(choice, ("x", [6]), ("which", [])));

        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        try
        {
            Assert.Throws<ServingException>(() => OnnxSession.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Types that ONNX Runtime does not hand over to .NET are named with the input or output that has them.</summary>
    [Theory]
    [InlineData((int)DataType.Int4)]
    [InlineData((int)DataType.Uint4)]
    [InlineData((int)DataType.Float4E2M1)]
    [InlineData((int)DataType.Float8E5M2)]
    public void Ends_of_small_types_are_named(int type)
    {
        ModelProto model = Model(Node("Cast", ["x"], 1, Integer("to", type)), ("x", [3]));
        model.Graph.Output[0].Type.TensorType.ElemType = type;
        string message = Assert.Throws<ServingException>(() => OnnxSession.Load(model.ToByteArray())).Message;
        Assert.Equal($"Expected inputs and outputs of types that ONNX Runtime passes to and from .NET, found \"y0\" of {ElementType.OfCode(type)!.Type}; cast it inside the model.", message);
    }

    /// <summary>ONNX Runtime's MatMulScaleFusion rounds a factor to float32, also one of a product of float64.</summary>
    [Fact]
    public void The_factor_of_a_product_of_float64_keeps_its_digits()
    {
        Variable x = Variable.Input("x", DType.Float64, [1, 2]), y = Variable.Input("y", DType.Float64, [2, 1]);
        byte[] model = OnnxExporter.Export(new Signature([x, y], [new Output("scaled", Ops.MatMul(x, y) * Variable.Scalar(0.1, DType.Float64))]));
        var options = new ServingOptions { Configure = settings => settings.AddSessionConfigEntry("optimization.disable_specified_optimizers", "MatmulTransposeFusion") };
        using OnnxSession session = OnnxSession.Load(model), rounding = OnnxSession.Load(model, options);
        double Product(OnnxSession each) => each.Run(Value.Of([3.0, 4], 1, 2), Value.Of([1.0, 1], 2, 1))[0][0];
        Assert.Equal(0.7, Product(session), 1e-15);
        Assert.Equal(7 * (double)0.1f, Product(rounding), 1e-15);
    }

    private static void Refused(string reason, ModelProto model)
    {
        string message = Assert.Throws<ServingException>(() => OnnxSession.Load(model.ToByteArray())).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("of the node \"the one\" (", message, StringComparison.Ordinal);
    }

    private static ModelProto Model(NodeProto node, params (string Name, int[] Sizes)[] inputs)
    {
        var model = new ModelProto { IrVersion = 10, OpsetImport = { new OperatorSetIdProto { Version = 24 } }, Graph = new GraphProto { Name = "graph", Node = { node } } };
        foreach ((string name, int[] sizes) in inputs)
            model.Graph.Input.Add(End(name, name == "which" ? DataType.Bool : DataType.Float, sizes));
        foreach (string name in node.Output)
            model.Graph.Output.Add(End(name, DataType.Float, null));
        return model;
    }

    private static ValueInfoProto End(string name, DataType type, int[]? sizes)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (sizes is not null)
            tensor.Shape = new TensorShapeProto { Dim = { sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static NodeProto Node(string operation, string[] inputs, int outputs, params AttributeProto[] attributes) =>
        new() { Name = "the one", OpType = operation, Input = { inputs }, Output = { Enumerable.Range(0, outputs).Select(i => $"y{i}") }, Attribute = { attributes } };

    private static AttributeProto Integer(string name, long number) => new() { Name = name, Type = AttributeType.Int, I = number };

    private static AttributeProto Text(string name, string text) => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(text) };
}
