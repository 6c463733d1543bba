using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Format;

public class SinglePrecisionEdgesTests
{
    [Fact]
    public void Short_inputs_and_outputs_become_single_under_names_that_nobody_has()
    {
        ModelProto model = Model(DataType.Float16);
        model.Graph.Input.Add(GoodModel.Value("other", DataType.Float, 2));
        model.Graph.Output.Add(GoodModel.Value("other_out", DataType.Float, 2));
        model.Graph.Node.Add(GoodModel.Node("Neg", ["other"], ["other_out"], "neg"));
        model.Graph.Node.Add(GoodModel.Node("Neg", ["other"], ["y_single"], "taken"));
        (byte[] bytes, IReadOnlyDictionary<string, string> names) = SinglePrecisionEdges.Cast(model.ToByteArray());
        Assert.Equal(new Dictionary<string, string> { ["x"] = "x_single", ["y"] = "y_single_" }, names.ToDictionary());
        ModelCheck.Require(bytes);
        using OnnxSession session = OnnxSession.Load(bytes);
        Assert.Equal(["x_single", "other"], session.Inputs.Select(input => input.Name));
        Assert.Equal(["y_single_", "other_out"], session.Outputs.Select(output => output.Name));
        Assert.All(session.Inputs.Concat(session.Outputs), edge => Assert.Equal(DType.Float32, edge.Type.DType));
        IReadOnlyList<Value> found = session.Run(Value.Of([1.5f, -3f], 2), Value.Of([3f, -4f], 2));
        Assert.Equal([2f, -2.5f], found[0].ToArray<float>());
        Assert.Equal([-3f, 4f], found[1].ToArray<float>());
    }

    /// <summary>An initializer that is an input too is no edge: nobody has to give it.</summary>
    [Fact]
    public void A_default_stays_short()
    {
        ModelProto model = Model(DataType.Float16);
        model.Graph.Input.Add(GoodModel.Value("half", DataType.Float16, 1));
        (byte[] bytes, IReadOnlyDictionary<string, string> names) = SinglePrecisionEdges.Cast(model.ToByteArray());
        Assert.Equal(["x", "y"], names.Keys);
        Assert.Equal((int)DataType.Float16, ModelProto.Parser.ParseFrom(bytes).Graph.Input.Single(input => input.Name == "half").Type.TensorType.ElemType);
    }

    [Fact]
    public void Edges_of_brain_floats_are_cast_to_and_from_them()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(SinglePrecisionEdges.Cast(Model(DataType.Bfloat16).ToByteArray()).Model);
        Assert.Equal(["Cast", "Add", "Cast"], model.Graph.Node.Select(node => node.OpType));
        Assert.Equal([(long)DataType.Bfloat16, (long)DataType.Float], model.Graph.Node.Where(node => node.OpType == "Cast").Select(node => node.Attribute[0].I));
        Assert.Equal(("x_single", "x"), (model.Graph.Node[0].Input[0], model.Graph.Node[0].Output[0]));
        Assert.Equal(("y", "y_single"), (model.Graph.Node[2].Input[0], model.Graph.Node[2].Output[0]));
    }

    [Fact]
    public void A_model_without_short_edges_keeps_its_bytes()
    {
        byte[] bytes = GoodModel.Create().ToByteArray();
        (byte[] same, IReadOnlyDictionary<string, string> names) = SinglePrecisionEdges.Cast(bytes);
        Assert.Same(bytes, same);
        Assert.Empty(names);
    }

    private static ModelProto Model(DataType type) => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Graph = new GraphProto
        {
            Name = "short",
            Input = { GoodModel.Value("x", type, 2) },
            Initializer = { new TensorProto { Name = "half", DataType = (int)type, Dims = { 1 }, RawData = ByteString.CopyFrom(0x00, (byte)(type == DataType.Float16 ? 0x38 : 0x3F)) } },
            Node = { GoodModel.Node("Add", ["x", "half"], ["y"], "add") },
            Output = { GoodModel.Value("y", type, 2) },
        },
    };
}
