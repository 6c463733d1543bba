using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Models with functions of their own, and with the operator Gradient.</summary>
public class FunctionInliningTests
{
    private const string Own = "test.own";
    private static readonly Value X = Value.Of([1f, -2f, 3f], 3);

    /// <summary>A function that calls another twice, with an attribute that the call gives and one that has a default.</summary>
    [Fact]
    public void Functions_are_read_as_the_nodes_that_they_are_made_of()
    {
        FunctionProto leak = Function("Leak", ["x"], ["y"], Node("LeakyRelu", ["x"], ["y"], Reference("alpha", "slope")));
        leak.AttributeProto.Add(Number("slope", 0.5f));
        FunctionProto twice = Function("Twice", ["x"], ["sum"], Node("Leak", ["x"], ["a"], Number("slope", 0.25f)), Node("Leak", ["a"], ["b"]), Node("Add", ["a", "b"], ["sum"]));
        twice.Node[0].Domain = twice.Node[1].Domain = Own;
        NodeProto call = Node("Twice", ["x"], ["z"]);
        call.Domain = Own;
        byte[] bytes = Model([call, Node("Neg", ["z"], ["y"])], [leak, twice]).ToByteArray();

        float[] found = Toolkit.Autograd.Execution.Function.Compile(OnnxModel.Load(bytes).Signature).Run(X)[0].ToArray<float>();
        Assert.Equal([-2f, 0.75f, -6f], found);
        using OnnxSession session = OnnxSession.Load(bytes);
        Assert.Equal(session.Run(X)[0].ToArray<float>(), found);
    }

    [Fact]
    public void A_function_of_another_operator_set_is_refused_where_its_operators_differ()
    {
        FunctionProto sum = Function("Sums", ["x"], ["y"], Node("Add", ["x", "x"], ["y"]));
        sum.OpsetImport[0].Version = 6;
        NodeProto call = Node("Sums", ["x"], ["y"]);
        call.Domain = Own;
        string message = Assert.ThrowsAny<ToolkitException>(() => OnnxModel.Load(Model([call], [sum]).ToByteArray())).Message;
        Assert.Contains("Sums", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradient_gives_the_derivatives_of_a_value_of_the_graph()
    {
        NodeProto gradient = Node("Gradient", ["x"], ["y"], Texts("xs", "x"), new AttributeProto { Name = "y", Type = AttributeType.String, S = ByteString.CopyFromUtf8("z") });
        gradient.Domain = "ai.onnx.preview.training";
        ModelProto model = Model([Node("Mul", ["x", "x"], ["s"]), Node("Mul", ["s", "x"], ["z"]), gradient], []);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = gradient.Domain, Version = 1 });
        Assert.Equal([3f, 12f, 27f], Toolkit.Autograd.Execution.Function.Compile(OnnxModel.Load(model.ToByteArray()).Signature).Run(X)[0].ToArray<float>());
    }

    private static ModelProto Model(NodeProto[] nodes, FunctionProto[] functions)
    {
        var graph = new GraphProto { Name = "g" };
        graph.Node.AddRange(nodes);
        graph.Input.Add(Info("x"));
        graph.Output.Add(Info("y"));
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        if (functions.Length > 0)
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = Own, Version = 1 });
        model.Functions.AddRange(functions);
        return model;
    }

    private static ValueInfoProto Info(string name)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 3 });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }

    private static FunctionProto Function(string name, string[] inputs, string[] outputs, params NodeProto[] nodes)
    {
        var function = new FunctionProto { Name = name, Domain = Own };
        function.Input.AddRange(inputs);
        function.Output.AddRange(outputs);
        function.Node.AddRange(nodes);
        function.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = Own, Version = 1 });
        return function;
    }

    private static NodeProto Node(string name, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = name };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Number(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    private static AttributeProto Reference(string name, string other) => new() { Name = name, Type = AttributeType.Float, RefAttrName = other };

    private static AttributeProto Texts(string name, string text)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Strings };
        attribute.Strings.Add(ByteString.CopyFromUtf8(text));
        return attribute;
    }
}
