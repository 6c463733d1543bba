using Google.Protobuf;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>
/// A valid model with something of everything: initializers dense and sparse, a graph inside a node, a function with an attribute, training.
/// </summary>
internal static class GoodModel
{
    public static ModelProto Create() => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 }, new OperatorSetIdProto { Domain = "org.example", Version = 1 } },
        Graph = Graph(),
        MetadataProps = { Entry("author", "somebody"), Entry("license", "MIT") },
        Functions = { Double() },
        TrainingInfo =
        {
            new TrainingInfoProto
            {
                Algorithm = new GraphProto
                {
                    Name = "step",
                    Output = { Value("w_new", DataType.Float, 2, 2) },
                    Node = { Node("Mul", ["w", "scale"], ["w_new"], "decay") },
                },
                UpdateBinding = { Entry("w", "w_new") },
            },
        },
    };

    public static NodeProto Node(string op, string[] inputs, string[] outputs, string name, params AttributeProto[] attributes) => new()
    {
        OpType = op,
        Name = name,
        Input = { inputs },
        Output = { outputs },
        Attribute = { attributes },
    };

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Subgraph(string name, GraphProto graph) => new() { Name = name, Type = AttributeType.Graph, G = graph };

    public static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };

    public static ValueInfoProto Value(string name, DataType type, params long[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)type, Shape = shape } } };
    }

    public static TensorProto Floats(string name, params float[] values) => new()
    {
        Name = name,
        DataType = (int)DataType.Float,
        Dims = { values.Length },
        FloatData = { values },
    };

    private static GraphProto Graph() => new()
    {
        Name = "main",
        Input = { Value("x", DataType.Float, 3, 2), Value("flag", DataType.Bool) },
        Output = { Value("y", DataType.Float, 3, 2) },
        Initializer =
        {
            new TensorProto { Name = "w", DataType = (int)DataType.Float, Dims = { 2, 2 }, RawData = ByteString.CopyFrom(new byte[16]) },
            Floats("scale", 0.5f),
        },
        SparseInitializer =
        {
            new SparseTensorProto
            {
                Values = Floats("s", 1, 2),
                Indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 1, 4 } },
                Dims = { 3, 2 },
            },
        },
        Node =
        {
            Node("MatMul", ["x", "w"], ["xw"], "matmul"),
            Node("Softmax", ["xw"], ["p"], "softmax", Int("axis", 1)),
            Node("Clip", ["p", "", "scale"], ["c"], "clip"),
            Node("If", ["flag"], ["i"], "if", Subgraph("then_branch", Branch("then", "Neg")), Subgraph("else_branch", Branch("else", "Abs"))),
            new NodeProto
            {
                OpType = "Double",
                Domain = "org.example",
                Name = "double",
                Input = { "i" },
                Output = { "y" },
                Attribute = { new AttributeProto { Name = "factor", Type = AttributeType.Float, F = 2 } },
            },
        },
        ValueInfo = { Value("xw", DataType.Float, 3, 2) },
    };

    private static GraphProto Branch(string name, string op) => new()
    {
        Name = name,
        Output = { new ValueInfoProto { Name = $"{name}_y" } },
        Node = { Node(op, ["c"], [$"{name}_y"], $"{name}_{op}") },
    };

    private static FunctionProto Double() => new()
    {
        Name = "Double",
        Domain = "org.example",
        Input = { "a" },
        Output = { "b" },
        Attribute = { "factor" },
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Node =
        {
            Node("Constant", [], ["f"], "", new AttributeProto { Name = "value_float", RefAttrName = "factor", Type = AttributeType.Float }),
            Node("Mul", ["a", "f"], ["b"], ""),
        },
    };
}
