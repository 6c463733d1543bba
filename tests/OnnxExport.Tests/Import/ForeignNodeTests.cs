using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Nodes as other programs write them, with the attributes and forms that the exporter never writes: the numbers are those of ONNX Runtime, which reads the
/// same node.</summary>
public class ForeignNodeTests
{
    private static readonly int[] Image = [1, 2, 5, 6];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Nodes().Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_node_gives_the_numbers_of_ONNX_Runtime(int row)
    {
        OneNode node = Nodes()[row];
        using OnnxSession session = OnnxSession.Load(node.Bytes());
        IReadOnlyList<Value> expected = session.Run(node.Arguments);
        Value[] found = Function.Compile(OnnxModel.Load(node.Bytes(expected)).Signature).Run(node.Arguments);
        Assert.Equal(expected.Count, found.Length);
        for (int i = 0; i < found.Length; i++)
            Parity.Equal(expected[i], found[i], 1e-5, $"{node}, output {i}");
    }

    /// <summary>What the engine does not do is refused with the attribute that asks for it.</summary>
    [Fact]
    public void What_the_engine_does_not_do_is_refused_by_name()
    {
        (OneNode Node, string Reason)[] rows =
        [
            (Pool("MaxPool", 12).With("auto_pad", "SAME"), "auto_pad"),
            (Pool("MaxPool", 12).With("pads", [1, 1]), "4 pads"),
            (Pool("MaxPool", 12).With("strides", [1, 1, 1]), "strides 1, 1, 1"),
            (new OneNode("MaxPool", 12).Of(Numbers(Image)).With("kernel_shape", [2]), "kernel, found [2]"),
            (Conv("ConvTranspose", 2, 3, 2, 3).With("output_shape", [5]), "output_shape"),
            (new OneNode("Pad", 11).Of(Numbers([2, 3])).Constant(1, 0, 0, 2).With("mode", "mirror"), "mirror"),
            (new OneNode("Pad", 11).Of(Numbers([2, 3])).Constant(1, 0, 0), "4 pads"),
            (new OneNode("ScatterND", 16).Of(Numbers([4])).Of(Value.Of([3L], 1, 1)).Of(Numbers([1])).With("reduction", "mean"), "mean"),
            (new OneNode("DepthToSpace", 13).Of(Numbers([1, 8, 2, 2])).With("blocksize", 2).With("mode", "DRC"), "DRC"),
            (new OneNode("Reshape", 13).Of(Numbers([2, 3])).Constant(-1, -1), "at most one"),
            (new OneNode("Reshape", 13).Of(Numbers([2, 3])).Constant(-1, 4), "no whole size"),
            (new OneNode("Reshape", 13).Of(Numbers([2, 3])).Constant(2, 3, 0), "axis 2"),
            (Slice().Constant(0).Constant(3).Constant(0).Constant(0), "step other than 0"),
            (Slice().Constant(0).Constant(3, 4), "as many ends"),
            (new OneNode("BitShift", 11).Of(Value.Of([1u], 1)).Of(Value.Of([1u], 1)).With("direction", "UP").Gives(DataType.Uint32), "UP"),
        ];
        Assert.All(rows, row =>
        {
            Value[] shapes = [.. Enumerable.Repeat(Numbers([1]), 2)];
            string message = Assert.Throws<ImportException>(() => OnnxModel.Load(row.Node.Bytes(shapes))).Message;
            Assert.Contains(row.Reason, message, StringComparison.Ordinal);
            Assert.Contains("The node \"node\"", message, StringComparison.Ordinal);
        });
    }

    private static OneNode[] Nodes() =>
    [
        .. Windows(), .. Convolutions(), .. Axes(), .. Shapes(), .. Indices(), .. ForeignArrangements.Nodes(), .. Others(),
    ];

    private static OneNode[] Windows() =>
    [
        Pool("MaxPool", 8),
        Pool("MaxPool", 11).With("strides", [2, 1]),
        Pool("MaxPool", 11).With("strides", [2, 2]).With("ceil_mode", 1),
        Pool("MaxPool", 12).With("dilations", [2, 1]),
        Pool("MaxPool", 12).With("pads", [1, 0, 0, 2]).With("strides", [1, 2]),
        Pool("MaxPool", 12).With("auto_pad", "SAME_UPPER").With("strides", [2, 2]),
        Pool("MaxPool", 12).With("auto_pad", "SAME_LOWER").With("strides", [1, 2]),
        Pool("MaxPool", 12).With("auto_pad", "VALID").With("strides", [2, 3]),
        Pool("AveragePool", 7),
        Pool("AveragePool", 7).With("pads", [1, 0, 1, 2]),
        Pool("AveragePool", 7).With("pads", [1, 0, 1, 2]).With("count_include_pad", 1),
        Pool("AveragePool", 10).With("strides", [2, 2]).With("ceil_mode", 1),
        Pool("AveragePool", 10).With("auto_pad", "SAME_UPPER"),
        Pool("AveragePool", 10).With("auto_pad", "SAME_LOWER").With("strides", [2, 2]),
        Pool("AveragePool", 19).With("dilations", [1, 1]).With("count_include_pad", 1).With("pads", [0, 1, 1, 0]),
        Pool("AveragePool", 19).With("dilations", [1, 2]),
        new OneNode("AveragePool", 11).Of(Numbers([1, 2, 7])).With("kernel_shape", [3]).With("strides", [2]).With("pads", [1, 1]),
        new OneNode("AveragePool", 11).Of(Numbers([1, 2, 4, 3, 5])).With("kernel_shape", [2, 2, 3]).With("strides", [2, 1, 2]).With("count_include_pad", 1).With("pads", [1, 0, 1, 0, 1, 1]),
        new OneNode("MaxPool", 12).Of(Numbers([1, 2, 7])).With("kernel_shape", [3]).With("dilations", [2]).With("pads", [1, 2]).Gives(DataType.Float, DataType.Int64),
        new OneNode("MaxPool", 12).Of(Numbers([2, 2, 4, 3, 5])).With("kernel_shape", [2, 2, 3]).With("strides", [2, 1, 2]).With("ceil_mode", 1).Gives(DataType.Float, DataType.Int64),
        Pool("MaxPool", 12).With("storage_order", 1).Gives(DataType.Float, DataType.Int64),
        new OneNode("MaxPool", 12).Of(Numbers([2, 2, 4, 3, 5])).With("kernel_shape", [2, 2, 3]).With("storage_order", 1).Gives(DataType.Float, DataType.Int64),
        Pool("LpPool", 11).With("p", 3).With("strides", [2, 2]),
        Pool("LpPool", 18).With("dilations", [2, 1]).With("pads", [0, 1, 1, 0]),
        Pool("LpPool", 2).With("auto_pad", "SAME_UPPER"),
        new OneNode("MaxUnpool", 11).Of(Numbers([1, 1, 2, 2])).Of(Value.Of([0L, 3, 13, 10], 1, 1, 2, 2)).With("kernel_shape", [2, 2]).With("strides", [2, 2]),
        new OneNode("MaxUnpool", 11).Of(Numbers([1, 1, 2, 2])).Of(Value.Of([0L, 2, 4, 7], 1, 1, 2, 2)).With("kernel_shape", [2, 2]).With("strides", [1, 1]),
        new OneNode("GlobalAveragePool", 7).Of(Numbers(Image)),
        new OneNode("GlobalMaxPool", 7).Of(Numbers(Image)),
        new OneNode("GlobalLpPool", 2).Of(Numbers(Image)).With("p", 3),
    ];

    private static OneNode[] Convolutions() =>
    [
        Conv("Conv", 3, 2, 2, 3),
        Conv("Conv", 3, 2, 2, 3).With("strides", [2, 1]).With("pads", [1, 0, 0, 2]),
        Conv("Conv", 3, 2, 2, 3).With("dilations", [2, 2]),
        Conv("Conv", 3, 2, 2, 3).With("auto_pad", "SAME_UPPER").With("strides", [2, 2]),
        Conv("Conv", 3, 2, 2, 3).With("auto_pad", "SAME_LOWER"),
        Conv("Conv", 3, 2, 2, 3).With("auto_pad", "VALID").With("kernel_shape", [2, 3]),
        Conv("Conv", 4, 1, 2, 2).With("group", 2),
        Conv("Conv", 3, 2, 2, 3).Of(Numbers([3])),
        Conv("ConvTranspose", 2, 3, 2, 3),
        Conv("ConvTranspose", 2, 3, 2, 3).With("strides", [2, 3]).With("pads", [1, 0, 0, 2]),
        Conv("ConvTranspose", 2, 3, 2, 3).With("strides", [2, 3]).With("output_padding", [1, 2]),
        Conv("ConvTranspose", 2, 3, 2, 3).With("dilations", [3, 2]),
        Conv("ConvTranspose", 2, 2, 2, 2).With("group", 2).Of(Numbers([4])),
        Conv("ConvTranspose", 2, 3, 3, 3).With("strides", [2, 2]).With("auto_pad", "SAME_UPPER"),
        Conv("ConvTranspose", 2, 3, 3, 3).With("strides", [2, 2]).With("auto_pad", "SAME_LOWER"),
        Conv("ConvTranspose", 2, 3, 3, 3).With("strides", [2, 2]).With("output_shape", [8, 10]),
        Conv("ConvTranspose", 2, 3, 3, 3).With("strides", [3, 2]).With("output_shape", [13, 12]).Of(Numbers([3])),
        Conv("ConvTranspose", 2, 3, 3, 3).With("strides", [2, 2]).With("output_shape", [7, 10]).With("output_padding", [1, 1]).With("auto_pad", "SAME_UPPER"),
        new OneNode("ConvTranspose", 11).Of(Numbers([1, 2, 4])).Constant(Numbers([2, 3, 3])).With("strides", [2]).With("pads", [1, 0]).With("output_padding", [1]),
        new OneNode("ConvTranspose", 11).Of(Numbers([1, 2, 3, 2, 3])).Constant(Numbers([2, 1, 2, 3, 2])).With("strides", [2, 1, 2]).With("group", 2),
        new OneNode("Conv", 11).Of(Numbers([2, 4, 7])).Constant(Numbers([2, 2, 3])).With("group", 2).With("strides", [2]).With("auto_pad", "SAME_UPPER"),
        new OneNode("Conv", 11).Of(Numbers([1, 2, 4, 5, 3])).Constant(Numbers([3, 2, 2, 3, 2])).Of(Numbers([3])).With("strides", [1, 2, 1]).With("pads", [1, 0, 1, 0, 1, 0]),
    ];

    private static OneNode[] Axes() =>
    [
        new OneNode("Softmax", 11).Of(Numbers([2, 3, 4])),
        new OneNode("Softmax", 11).Of(Numbers([2, 3, 4])).With("axis", 2),
        new OneNode("Softmax", 11).Of(Numbers([2, 3, 4])).With("axis", -3),
        new OneNode("Softmax", 13).Of(Numbers([2, 3, 4])),
        new OneNode("Softmax", 13).Of(Numbers([2, 3, 4])).With("axis", 1),
        new OneNode("LogSoftmax", 11).Of(Numbers([2, 3, 4])),
        new OneNode("LogSoftmax", 13).Of(Numbers([2, 3, 4])).With("axis", -2),
        new OneNode("ReduceSum", 11).Of(Numbers([2, 3, 4])),
        new OneNode("ReduceSum", 11).Of(Numbers([2, 3, 4])).With("axes", [-1, 0]).With("keepdims", 0),
        new OneNode("ReduceSum", 13).Of(Numbers([2, 3, 4])).Constant(2, 0).With("keepdims", 0),
        new OneNode("ReduceSum", 13).Of(Numbers([2, 3, 4])).Constant().With("noop_with_empty_axes", 1),
        new OneNode("ReduceSum", 13).Of(Numbers([2, 3, 4])).Constant().With("noop_with_empty_axes", 0),
        new OneNode("ReduceSum", 13).Of(Numbers([2, 3, 4])),
        new OneNode("ReduceMean", 13).Of(Numbers([2, 3, 4])).With("axes", [1]),
        new OneNode("ReduceMean", 18).Of(Numbers([2, 3, 4])).Constant(1).With("keepdims", 0),
        new OneNode("ReduceMax", 13).Of(Numbers([2, 3, 4])).With("axes", [0, 2]),
        new OneNode("ReduceMax", 18).Of(Numbers([2, 3, 4])).Constant(-2),
        new OneNode("ReduceMin", 13).Of(Numbers([2, 3, 4])).With("axes", [0]).With("keepdims", 0),
        new OneNode("ReduceProd", 18).Of(Numbers([2, 3, 4])).Constant(0, 1),
        new OneNode("ArgMax", 13).Of(Numbers([2, 3, 4])).Gives(DataType.Int64),
        new OneNode("ArgMax", 13).Of(Numbers([2, 3, 4])).With("axis", -1).With("keepdims", 0).Gives(DataType.Int64),
    ];

    private static OneNode[] Shapes() =>
    [
        new OneNode("Reshape", 13).Of(Numbers([2, 3, 4])).Constant(0, -1),
        new OneNode("Reshape", 13).Of(Numbers([2, 3, 4])).Constant(-1, 0, 2, 2),
        new OneNode("Reshape", 14).Of(Numbers([2, 3, 4])).Constant(4, 6),
        new OneNode("Reshape", 14).Of(Numbers([0, 3])).Constant(5, 0).With("allowzero", 1),
        new OneNode("Squeeze", 11).Of(Numbers([1, 3, 1, 2])),
        new OneNode("Squeeze", 11).Of(Numbers([1, 3, 1, 2])).With("axes", [-2]),
        new OneNode("Squeeze", 13).Of(Numbers([1, 3, 1, 2])).Constant(2, 0),
        new OneNode("Unsqueeze", 11).Of(Numbers([3, 2])).With("axes", [3, 0]),
        new OneNode("Unsqueeze", 13).Of(Numbers([3, 2])).Constant(-1, 1),
        new OneNode("Flatten", 13).Of(Numbers([2, 3, 4])),
        new OneNode("Flatten", 13).Of(Numbers([2, 3, 4])).With("axis", 0),
        new OneNode("Flatten", 13).Of(Numbers([2, 3, 4])).With("axis", -1),
        new OneNode("Flatten", 13).Of(Numbers([2, 3, 4])).With("axis", 3),
        new OneNode("Transpose", 13).Of(Numbers([2, 3, 4])),
        new OneNode("Transpose", 13).Of(Numbers([2, 3, 4])).With("perm", [1, 2, 0]),
        new OneNode("Concat", 13).Of(Numbers([2, 3])).Of(Numbers([2, 1])).With("axis", -1),
        new OneNode("Concat", 13).Of(Numbers([1, 3])).Of(Numbers([2, 3])).Of(Numbers([1, 3])).With("axis", 0),
        new OneNode("Split", 11).Of(Numbers([4, 6])).With("axis", 1).With("split", [1, 2, 3]).Gives(DataType.Float, DataType.Float, DataType.Float),
        new OneNode("Split", 11).Of(Numbers([4, 6])).Gives(DataType.Float, DataType.Float),
        new OneNode("Split", 13).Of(Numbers([4, 6])).Constant(3, 1).Gives(DataType.Float, DataType.Float),
        new OneNode("Split", 18).Of(Numbers([4, 7])).With("axis", -1).With("num_outputs", 3).Gives(DataType.Float, DataType.Float, DataType.Float),
        new OneNode("Expand", 13).Of(Numbers([3, 1])).Constant(2, 1, 4),
        new OneNode("Shape", 15).Of(Numbers([2, 3, 4])).Gives(DataType.Int64),
        new OneNode("Shape", 15).Of(Numbers([2, 3, 4])).With("start", 1).Gives(DataType.Int64),
        new OneNode("Shape", 15).Of(Numbers([2, 3, 4])).With("start", -2).With("end", -1).Gives(DataType.Int64),
        new OneNode("Shape", 15).Of(Numbers([2, 3, 4])).With("start", 2).With("end", 1).Gives(DataType.Int64),
        new OneNode("Pad", 11).Of(Numbers([2, 3])).Constant(1, 0, 0, 2),
        new OneNode("Pad", 11).Of(Numbers([2, 3])).Constant(1, 0, 0, 2).Constant(Value.Of(-1.5f)),
        new OneNode("Pad", 18).Of(Numbers([2, 3])).Constant(2, 1).Constant(Value.Of(7f)).Constant(-1),
    ];

    private static OneNode[] Indices() =>
    [
        Slice().Constant(1).Constant(4),
        Slice().Constant(-3).Constant(long.MaxValue).Constant(1),
        Slice().Constant(0, 1).Constant(5, 100).Constant(1, 0).Constant(3, 2),
        Slice().Constant(-1).Constant(long.MinValue).Constant(-1).Constant(-2),
        Slice().Constant(4).Constant(0).Constant(0).Constant(-1),
        Slice().Constant(3).Constant(1),
        new OneNode("Gather", 13).Of(Numbers([4, 3])).Of(Value.Of([3L, 0, -1], 3)),
        new OneNode("Gather", 13).Of(Numbers([4, 3])).Of(Value.Of([2, -3, 0, 1], 2, 2)).With("axis", -1),
        new OneNode("GatherND", 13).Of(Numbers([4, 3])).Of(Value.Of([3L, 0, -1, -3], 2, 2)),
        new OneNode("ScatterND", 16).Of(Numbers([4, 3])).Of(Value.Of([3L, 1], 2, 1)).Of(Numbers([2, 3])),
        new OneNode("ScatterND", 16).Of(Numbers([4, 3])).Of(Value.Of([2L, 1, 2, 1], 2, 2)).Of(Numbers([2])).With("reduction", "add"),
        new OneNode("OneHot", 11).Of(Value.Of([0L, 2, -1], 3)).Constant(3).Constant(Value.Of([0f, 1f], 2)),
        new OneNode("OneHot", 11).Of(Value.Of([0L, 2, -1], 3)).Constant(4).Constant(Value.Of([-2f, 5f], 2)).With("axis", 0),
        new OneNode("OneHot", 11).Of(Value.Of([0L, 2, 1, 1], 2, 2)).Constant(3).Constant(Value.Of([0f, 1f], 2)).With("axis", 1),
        new OneNode("OneHot", 11).Of(Value.Of([0L, 2, 1, 1], 2, 2)).Constant(3).Constant(Value.Of([4L, 9], 2)).With("axis", -2).Gives(DataType.Int64),
        new OneNode("Range", 11).Constant(Value.Of(2L)).Constant(Value.Of(11L)).Constant(Value.Of(3L)).Gives(DataType.Int64),
        new OneNode("Range", 11).Constant(Value.Of(2L)).Constant(Value.Of(12L)).Constant(Value.Of(3L)).Gives(DataType.Int64),
        new OneNode("Range", 11).Constant(Value.Of(5L)).Constant(Value.Of(-6L)).Constant(Value.Of(-2L)).Gives(DataType.Int64),
        new OneNode("Range", 11).Constant(Value.Of(5L)).Constant(Value.Of(9L)).Constant(Value.Of(-2L)).Gives(DataType.Int64),
        new OneNode("Range", 11).Constant(Value.Of(0.5f)).Constant(Value.Of(2.75f)).Constant(Value.Of(0.5f)),
    ];

    private static OneNode[] Others() =>
    [
        new OneNode("BatchNormalization", 9).Of(Numbers(Image)).Constant(Numbers([2])).Constant(Numbers([2])).Constant(Numbers([2])).Constant(Value.Of([0.5f, 2f], 2)),
        new OneNode("BatchNormalization", 15).Of(Numbers(Image)).Constant(Numbers([2])).Constant(Numbers([2])).Constant(Numbers([2])).Constant(Value.Of([0.5f, 2f], 2))
            .With("epsilon", 0.25f),
        new OneNode("LayerNormalization", 17).Of(Numbers([2, 3, 4])).Constant(Numbers([4])).Constant(Numbers([4])),
        new OneNode("LayerNormalization", 17).Of(Numbers([2, 3, 4])).Constant(Numbers([3, 4])).With("axis", 1).With("epsilon", 0.25f),
        new OneNode("InstanceNormalization", 6).Of(Numbers([2, 3, 4])).Constant(Numbers([3])).Constant(Numbers([3])).With("epsilon", 0.25f),
        new OneNode("GroupNormalization", 21).Of(Numbers([2, 4, 3])).Constant(Numbers([4])).Constant(Numbers([4])).With("num_groups", 2).With("epsilon", 0.25f),
        new OneNode("LRN", 13).Of(Numbers([2, 5, 3, 2])).With("size", 3).With("alpha", 0.5f).With("beta", 0.5f).With("bias", 2f),
        new OneNode("Gemm", 11).Of(Numbers([3, 4])).Of(Numbers([4, 2])),
        new OneNode("Gemm", 11).Of(Numbers([4, 3])).Of(Numbers([2, 4])).Of(Numbers([2])).With("transA", 1).With("transB", 1).With("alpha", 0.5f).With("beta", -2f),
        new OneNode("Gemm", 13).Of(Numbers([3, 4])).Of(Numbers([4, 2])).Of(Numbers([3, 1])).With("beta", 3f),
        new OneNode("MatMul", 13).Of(Numbers([4])).Of(Numbers([2, 4, 3])),
        new OneNode("MatMul", 13).Of(Numbers([2, 3, 4])).Of(Numbers([4])),
        new OneNode("MatMul", 13).Of(Numbers([4])).Of(Numbers([4])),
        new OneNode("LeakyRelu", 16).Of(Numbers([2, 3])),
        new OneNode("LeakyRelu", 16).Of(Numbers([2, 3])).With("alpha", 0.25f),
        new OneNode("Max", 13).Of(Numbers([2, 3])).Of(Numbers([3])).Of(Numbers([2, 1])),
        new OneNode("Min", 13).Of(Numbers([2, 3])).Of(Numbers([3])).Of(Numbers([2, 1])),
        new OneNode("Max", 13).Of(Numbers([2, 3])),
        new OneNode("Mod", 13).Of(Value.Of([-7L, 7, -7, 7], 4)).Of(Value.Of([3L, -3, -3, 3], 4)).Gives(DataType.Int64),
        new OneNode("Mod", 13).Of(Value.Of([-7L, 7, -7, 7], 4)).Of(Value.Of([3L, -3, -3, 3], 4)).With("fmod", 1).Gives(DataType.Int64),
        new OneNode("Mod", 13).Of(Numbers([4])).Of(Value.Of([0.3f, -0.3f, 0.2f, -0.2f], 4)).With("fmod", 1),
        new OneNode("BitShift", 11).Of(Value.Of([1u, 12u, 255u], 3)).Of(Value.Of([1u, 2u, 3u], 3)).With("direction", "LEFT").Gives(DataType.Uint32),
        new OneNode("BitShift", 11).Of(Value.Of([1u, 12u, 255u], 3)).Of(Value.Of([1u, 2u, 3u], 3)).With("direction", "RIGHT").Gives(DataType.Uint32),
        new OneNode("Cast", 13).Of(Value.Of([-1.75f, 0f, 2.5f], 3)).With("to", (long)DataType.Int64).Gives(DataType.Int64),
        new OneNode("Cast", 13).Of(Value.Of([-1.75f, 0f, 2.5f], 3)).With("to", (long)DataType.Bool).Gives(DataType.Bool),
        new OneNode("Cast", 13).Of(Value.Of([-1.75f, 0f, 2.5f], 3)).With("to", (long)DataType.Double).Gives(DataType.Double),
        new OneNode("Where", 16).Of(Value.Of([true, false, true], 3)).Of(Numbers([2, 3])).Of(Numbers([2, 1])),
        new OneNode("Pow", 13).Of(Value.Of([0.5f, 2f, 3f], 3)).Of(Value.Of([2f, -1f, 0.5f], 3)),
        new OneNode("Pow", 13).Of(Value.Of([-0.5f, 2f, -3f], 3)).Constant(Value.Of(2f)),
        new OneNode("Pow", 13).Of(Value.Of([-0.5f, 2f, -3f], 3)).Constant(Value.Of(3f)),
        new OneNode("Sub", 13).Of(Numbers([2, 3])).Of(Numbers([3])),
        new OneNode("Div", 13).Of(Value.Of([7L, -7, 9], 3)).Of(Value.Of([2L, 2, -4], 3)).Gives(DataType.Int64),
    ];

    private static OneNode Pool(string op, int opset) => new OneNode(op, opset).Of(Numbers(Image)).With("kernel_shape", [2, 3]);

    private static OneNode Conv(string op, params int[] weights) => new OneNode(op, 11).Of(Numbers(op == "Conv" && weights[0] == 3 ? Image : [1, 2, 4, 5])).Constant(Numbers(weights));

    private static OneNode Slice() => new OneNode("Slice", 13).Of(Numbers([5, 6]));

    /// <summary>Numbers between −1 and 1 that do not repeat.</summary>
    internal static Value Numbers(int[] sizes)
    {
        int count = sizes.Aggregate(1, (product, size) => product * size);
        return Value.Of([.. Enumerable.Range(0, count).Select(i => (float)Math.Sin((1.7 * i) + (0.3 * sizes.Length)))], sizes);
    }
}
