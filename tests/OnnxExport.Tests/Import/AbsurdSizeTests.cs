using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Files of some hundred bytes that ask for 10¹² elements and more: an error that says so, before anything is allocated.</summary>
public sealed class AbsurdSizeTests
{
    private const long Trillion = 1_000_000_000_000, Limit = 64L << 20;

    private static readonly Dictionary<string, (NodeProto Node, TensorProto[] Constants)> Models = new()
    {
        ["Expand"] = (Node("Expand", "x", "n"), [Longs("n", Trillion, 3)]),
        ["Expand beyond 64 bits"] = (Node("Expand", "x", "n"), [Longs("n", 1L << 40, 1L << 40, 3)]),
        ["Expand to a negative size"] = (Node("Expand", "x", "n"), [Longs("n", -5, 3)]),
        ["ConstantOfShape"] = (Node("ConstantOfShape", "n"), [Longs("n", Trillion)]),
        ["ConstantOfShape beyond 64 bits"] = (Node("ConstantOfShape", "n"), [Longs("n", 1L << 62, 1L << 62)]),
        ["ConstantOfShape of a negative size"] = (Node("ConstantOfShape", "n"), [Longs("n", -1)]),
        ["Tile"] = (Node("Tile", "x", "n"), [Longs("n", Trillion)]),
        ["Tile a negative number of times"] = (Node("Tile", "x", "n"), [Longs("n", -1)]),
        ["Range"] = (Node("Range", "a", "b", "c"), [Long("a", 0), Long("b", Trillion), Long("c", 1)]),
        ["Range with steps of 0"] = (Node("Range", "a", "b", "c"), [Long("a", 0), Long("b", 10), Long("c", 0)]),
        ["Range of all numbers"] = (Node("Range", "a", "b", "c"), [Long("a", long.MinValue), Long("b", long.MaxValue), Long("c", 1)]),
        ["Pad"] = (Node("Pad", "x", "n"), [Longs("n", 0, Trillion)]),
        ["Pad beyond 64 bits"] = (Node("Pad", "x", "n"), [Longs("n", long.MaxValue, long.MaxValue)]),
        ["Pad by less than there is"] = (Node("Pad", "x", "n"), [Longs("n", -5, -5)]),
        ["Reshape to more than there is"] = (Node("Reshape", "x", "n"), [Longs("n", Trillion)]),
        ["Reshape with two open sizes"] = (Node("Reshape", "x", "n"), [Longs("n", -1, -1)]),
        ["Reshape to a negative size"] = (Node("Reshape", "x", "n"), [Longs("n", -3)]),
        ["OneHot"] = (Node("OneHot", "i", "n", "v"), [Longs("i", 0, 1), Long("n", Trillion), Floats("v", 0, 1)]),
        ["OneHot of a negative depth"] = (Node("OneHot", "i", "n", "v"), [Longs("i", 0, 1), Long("n", -4), Floats("v", 0, 1)]),
        ["Resize"] = (Node("Resize", "x", "", "", "n"), [Longs("n", Trillion)]),
        ["Unsqueeze far outside"] = (Node("Unsqueeze", "x", "n"), [Longs("n", Trillion)]),
        ["Squeeze of an axis of size 3"] = (Node("Squeeze", "x", "n"), [Longs("n", 0)]),
        ["Split that does not add up"] = (Node("Split", "x", "n"), [Longs("n", Trillion)]),
        ["Slice of an axis far outside"] = (Node("Slice", "x", "s", "e", "a"), [Longs("s", 0), Longs("e", 1), Longs("a", Trillion)]),
        ["Slice with steps of 0"] = (Node("Slice", "x", "s", "e", "a", "t"), [Longs("s", 0), Longs("e", 1), Longs("a", 0), Longs("t", 0)]),
        ["Gather far outside"] = (Node("Gather", "x", "i"), [Longs("i", Trillion)]),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Absurd_sizes_are_an_error_of_ours_before_anything_is_allocated(string name)
    {
        (NodeProto node, TensorProto[] constants) = Models[name];
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = new GraphProto
            {
                Name = "absurd",
                Node = { node },
                Initializer = { constants },
                Input = { GoodModel.Value("x", DataType.Float, 3) },
                Output = { new ValueInfoProto { Name = "y", Type = new TypeProto { TensorType = new() { ElemType = (int)DataType.Float } } } },
            },
        };
        if (node.OpType == "Range")
            model.Graph.Output[0].Type.TensorType.ElemType = (int)DataType.Int64;
        byte[] bytes = model.ToByteArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception error = Assert.ThrowsAny<Exception>(() =>
        {
            OnnxModel read = OnnxModel.Load(bytes);
            Function.Compile(read.Signature).Run(Value.Of([1f, 2, 3], 3));
        });
        Assert.True(error is ToolkitException, $"{name}: expected an error of ours, found {error}");
        Assert.InRange(error.Message.Length, 20, 600);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Limit);
    }

    private static NodeProto Node(string op, params string[] inputs) => GoodModel.Node(op, inputs, ["y"], op);

    private static TensorProto Longs(string name, params long[] values) => new() { Name = name, DataType = (int)DataType.Int64, Dims = { values.Length }, Int64Data = { values } };

    private static TensorProto Long(string name, long value) => new() { Name = name, DataType = (int)DataType.Int64, Int64Data = { value } };

    private static TensorProto Floats(string name, params float[] values) => GoodModel.Floats(name, values);
}
