using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Import.ForeignNodeTests;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Operators that ONNX Runtime leaves in files give the numbers of ONNX Runtime, and are written as operators of the standard.</summary>
public class ContributedNodeTests
{
    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Nodes().Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_node_gives_the_numbers_of_ONNX_Runtime_and_is_written_in_the_standard(int row)
    {
        OneNode node = Nodes()[row];
        using OnnxSession session = OnnxSession.Load(node.Bytes());
        IReadOnlyList<Value> expected = session.Run(node.Arguments);
        Signature signature = OnnxModel.Load(node.Bytes(expected)).Signature;
        byte[] written = OnnxExporter.Export(signature);
        Assert.All(ModelProto.Parser.ParseFrom(written).OpsetImport, set => Assert.Equal(string.Empty, set.Domain));
        using OnnxSession again = OnnxSession.Load(written);
        IReadOnlyList<Value> standard = again.Run(node.Arguments);
        Value[] found = Function.Compile(signature).Run(node.Arguments);
        for (int i = 0; i < expected.Count; i++)
        {
            Parity.Equal(expected[i], found[i], 1e-5, $"{node}, output {i}");
            Parity.Equal(expected[i], standard[i], 1e-5, $"{node}, output {i}, written");
        }
    }

    /// <summary>ONNX Runtime takes exponentials from a table, which is now and then the next number.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_quantized_softmax_is_that_of_ONNX_Runtime_up_to_one_step(int axis)
    {
        OneNode node = Real(Contributed("QLinearSoftmax"), 2, 3, 4).Constant(Value.Of(0.004f)).Constant(Value.Of((byte)0)).With("opset", 13).With("axis", axis).Gives(DataType.Uint8);
        using OnnxSession session = OnnxSession.Load(node.Bytes());
        byte[] expected = session.Run(node.Arguments)[0].ToArray<byte>();
        byte[] found = Function.Compile(OnnxModel.Load(node.Bytes([Bytes([2, 3, 4])])).Signature).Run(node.Arguments)[0].ToArray<byte>();
        Assert.All(expected.Zip(found), pair => Assert.InRange(pair.Second - pair.First, -1, 1));
    }

    /// <summary>ONNX Runtime has packed queries, keys and values for graphics processors alone: they are what they are made of.</summary>
    [Fact]
    public void Packed_heads_are_those_that_they_are_made_of()
    {
        // [batch, time, heads, parts, size], and its parts as [batch, time, heads·size].
        float[] packed = Numbers([2, 3, 2, 3, 2]).ToArray<float>();
        Value Part(int part) => Value.Of([.. packed.Where((_, i) => i / 2 % 3 == part)], 2, 3, 4);
        float[] Run(OneNode node) => Function.Compile(OnnxModel.Load(node.With("num_heads", 2).Bytes([Part(0)])).Signature).Run(node.Arguments)[0].ToArray<float>();
        Value keysAndValues = Value.Of([.. packed.Where((_, i) => i / 2 % 3 > 0)], 2, 3, 2, 2, 2);
        float[] apart = Run(Contributed("MultiHeadAttention").Of(Part(0)).Of(Part(1)).Of(Part(2)));
        Assert.Equal(apart, Run(Contributed("MultiHeadAttention").Of(Value.Of(packed, 2, 3, 2, 3, 2))));
        Assert.Equal(apart, Run(Contributed("MultiHeadAttention").Of(Part(0)).Of(keysAndValues)));
    }

    [Fact]
    public void What_is_not_read_is_refused_by_name()
    {
        (OneNode Node, string Reason)[] rows =
        [
            (Contributed("FusedConv").Of(Numbers([1, 2, 4, 4])).Constant(Numbers([2, 2, 3, 3])).With("activation", "Gelu"), "Gelu"),
            (Packed().With("do_rotary", 1), "rotary"),
            (Contributed("Attention").Of(Numbers([2, 3, 4])).Constant(Numbers([4, 12])).Constant(Numbers([12])), "num_heads"),
        ];
        Assert.All(rows, row => Assert.Contains(row.Reason, Assert.Throws<ImportException>(() => OnnxModel.Load(row.Node.Bytes([Numbers([1])]))).Message, StringComparison.Ordinal));
    }

    private static OneNode[] Nodes() => [.. Activations(), .. Products(), .. Normalizations(), .. Attentions(), .. Quantized(), .. QuantizedProducts()];

    private static OneNode[] Activations() =>
    [
        Contributed("Gelu").Of(Numbers([2, 5])),
        Contributed("BiasGelu").Of(Numbers([2, 5])).Constant(Numbers([5])),
        Contributed("FastGelu").Of(Numbers([2, 5])),
        Contributed("FastGelu").Of(Numbers([2, 5])).Constant(Numbers([5])),
        Contributed("QuickGelu").Of(Numbers([2, 5])),
        Contributed("QuickGelu").Of(Numbers([2, 5])).With("alpha", 0.5f),
    ];

    private static OneNode[] Products() =>
    [
        Contributed("FusedMatMul").Of(Numbers([2, 3, 4])).Of(Numbers([2, 4, 5])).With("alpha", 0.25f),
        Contributed("FusedMatMul").Of(Numbers([2, 4, 3])).Of(Numbers([2, 5, 4])).With("transA", 1).With("transB", 1),
        Contributed("FusedMatMul").Of(Numbers([3, 2, 4])).Of(Numbers([4, 2, 5])).With("transBatchA", 1).With("transBatchB", 1),
        Contributed("FusedMatMul").Of(Numbers([4, 2, 3])).Of(Numbers([5, 2, 4])).With("transA", 1).With("transB", 1).With("transBatchA", 1).With("transBatchB", 1),
        Contributed("FusedGemm").Of(Numbers([3, 4])).Constant(Numbers([5, 4])).Constant(Numbers([5])).With("transB", 1).With("alpha", 0.5f).With("beta", 2f).With("activation", "Relu"),
        Contributed("FusedGemm").Of(Numbers([3, 4])).Constant(Numbers([4, 5])).With("activation", "LeakyRelu").With("activation_alpha", 0.3f),
        FusedConv("Relu"),
        FusedConv("Tanh"),
        FusedConv("Sigmoid"),
        FusedConv("LeakyRelu").With("activation_params", [0.2f]),
        FusedConv("Clip").With("activation_params", [-0.1f, 0.4f]),
        FusedConv("HardSigmoid").With("activation_params", [0.3f, 0.4f]),
        Contributed("FusedConv").Of(Numbers([1, 2, 4, 5])).Constant(Numbers([3, 2, 3, 3])).Constant(Numbers([3])).Of(Numbers([1, 3, 2, 3])).With("activation", "Relu"),
    ];

    private static OneNode[] Normalizations() =>
    [
        new OneNode("SimplifiedLayerNormalization", 17).Of(Numbers([2, 3, 4])).Constant(Numbers([4])),
        new OneNode("SimplifiedLayerNormalization", 17).Of(Numbers([2, 3, 4])).Constant(Numbers([4])).With("axis", -1).With("epsilon", 0.25f),
        new OneNode("LayerNormalization", 13).Of(Numbers([2, 3, 4])).Constant(Numbers([4])).Constant(Numbers([4])).With("epsilon", 0.25f),
        Contributed("SkipLayerNormalization").Of(Numbers([2, 3, 4])).Of(Numbers([2, 3, 4])).Constant(Numbers([4])).Constant(Numbers([4])),
        Contributed("SkipLayerNormalization").Of(Numbers([2, 3, 4])).Of(Numbers([2, 3, 4])).Constant(Numbers([4])).Constant(Numbers([4])).Constant(Numbers([4])).With("epsilon", 0.25f),
        Contributed("SkipLayerNormalization").Of(Numbers([2, 3, 4])).Of(Numbers([1, 3, 4])).Constant(Numbers([4])),
        Contributed("SkipSimplifiedLayerNormalization").Of(Numbers([2, 3, 4])).Of(Numbers([2, 3, 4])).Constant(Numbers([4])).With("epsilon", 0.25f),
        Contributed("SkipSimplifiedLayerNormalization").Of(Numbers([2, 3, 4])).Of(Numbers([2, 3, 4])).Constant(Numbers([4])).Constant(Numbers([4])),
        Embedded().Of(Value.Of([0, 1, 1, 0, 0, 1], 2, 3)).Constant(Numbers([7, 4])).Constant(Numbers([5, 4])).Constant(Numbers([2, 4])).Constant(Numbers([4])).Constant(Numbers([4])).Of(Value.Of([1, 1, 0, 1, 1, 1], 2, 3))
            .Gives(DataType.Float, DataType.Int32),
        Embedded().Absent().Constant(Numbers([7, 4])).Constant(Numbers([5, 4])).Absent().Constant(Numbers([4])).Constant(Numbers([4])).With("epsilon", 0.25f).Gives(DataType.Float, DataType.Int32),
        Embedded().Absent().Constant(Numbers([7, 4])).Constant(Numbers([5, 4])).Absent().Constant(Numbers([4])).Constant(Numbers([4])).Absent().Of(Value.Of([4, 0, 1, 2, 3, 3], 2, 3)).Gives(DataType.Float, DataType.Int32),
    ];

    private static OneNode[] Attentions() =>
    [
        Packed(),
        Packed().With("unidirectional", 1),
        Packed().With("scale", 0.3f),
        Packed().Of(Value.Of([2, 3], 2)),
        Packed().Of(Value.Of([2, 3, 1, 0], 4)),
        Packed().Of(Value.Of([1, 1, 0, 1, 1, 1], 2, 3)).With("mask_filter_value", -3f),
        Packed().Of(Value.Of([1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1], 2, 3, 3)),
        Packed().Absent().Of(Numbers([2, 2, 2, 4, 2])).Gives(DataType.Float, DataType.Float),
        Packed().Absent().Of(Numbers([2, 2, 2, 4, 2])).With("unidirectional", 1).Gives(DataType.Float, DataType.Float),
        Packed().Absent().Absent().Of(Numbers([2, 2, 3, 3])),
        Contributed("Attention").Of(Numbers([2, 3, 4])).Constant(Numbers([4, 14])).Constant(Numbers([14])).With("num_heads", 2).With("qkv_hidden_sizes", [4, 4, 6]),
        Separate(),
        Separate().Constant(Numbers([12])),
        Separate().Absent().Of(Value.Of([1, 1, 0, 1, 1, 1, 1, 1, 0, 1], 2, 5)).With("scale", 0.3f),
        Separate().Absent().Of(Value.Of([3, 5], 2)),
        Separate().Absent().Absent().Of(Numbers([2, 2, 3, 5])),
        Separate().Absent().Absent().Absent().Of(Numbers([2, 2, 3, 2])).Of(Numbers([2, 2, 3, 2])).Gives(DataType.Float, DataType.Float, DataType.Float),
        Contributed("MultiHeadAttention").Of(Numbers([2, 3, 4])).Of(Numbers([2, 2, 5, 2])).Of(Numbers([2, 2, 5, 2])).With("num_heads", 2),
        Contributed("MultiHeadAttention").Of(Numbers([2, 3, 4])).Of(Numbers([2, 3, 4])).Of(Numbers([2, 3, 4])).With("num_heads", 2).With("unidirectional", 1),
        Contributed("QAttention").Of(Bytes([2, 3, 4])).Constant(Bytes([4, 12])).Constant(Numbers([12])).Of(Value.Of(0.02f)).Constant(Value.Of(0.01f)).Absent().Of(Value.Of((byte)120)).Constant(Value.Of((byte)128))
            .With("num_heads", 2),
    ];

    private static OneNode[] Quantized() =>
    [
        Contributed("QuantizeLinear").Of(Numbers([2, 3])).Constant(Value.Of([0.01f, 0.02f, 0.03f], 3)).Constant(Value.Of([(byte)100, (byte)120, (byte)90], 3)).Gives(DataType.Uint8),
        Contributed("DequantizeLinear").Of(Bytes([2, 3])).Constant(Value.Of([0.1f, 0.2f], 2)).Constant(Value.Of([(byte)100, (byte)120], 2)).With("axis", 0),
        Contributed("DequantizeLinear").Of(Bytes([2, 3])).Constant(Value.Of([0.1f, 0.2f], 2)).Constant(Value.Of([(byte)100, (byte)120], 2)).With("axis", -2),
        Contributed("DequantizeLinear").Of(Value.Of([-700, 5, 900], 3)).Constant(Value.Of(0.1f)).Constant(Value.Of(0)),
        Real(Real(Contributed("QLinearAdd"), 2, 3, 4), 3, 4).Constant(Value.Of(0.05f)).Constant(Value.Of((byte)110)).Gives(DataType.Uint8),
        Real(Real(Contributed("QLinearMul"), 2, 3, 4), 3, 4).Constant(Value.Of(0.05f)).Constant(Value.Of((byte)110)).Gives(DataType.Uint8),
        Real(Contributed("QLinearSigmoid"), 2, 3, 4).Constant(Value.Of(0.004f)).Constant(Value.Of((byte)3)).Gives(DataType.Uint8),
        Real(Contributed("QLinearLeakyRelu"), 2, 3, 4).Constant(Value.Of(0.03f)).Constant(Value.Of((byte)100)).With("alpha", 0.2f).Gives(DataType.Uint8),
        Real(Contributed("QLinearGlobalAveragePool"), 2, 3, 4, 2).Constant(Value.Of(0.03f)).Constant(Value.Of((byte)100)).Gives(DataType.Uint8),
        Real(Contributed("QLinearGlobalAveragePool"), 2, 3, 4, 2).Constant(Value.Of(0.03f)).Constant(Value.Of((byte)100)).With("channels_last", 1).Gives(DataType.Uint8),
        Real(Contributed("QLinearAveragePool"), 2, 3, 4, 5).Constant(Value.Of(0.03f)).Constant(Value.Of((byte)100)).With("kernel_shape", [2, 3]).With("strides", [1, 2]).Gives(DataType.Uint8),
        Real(Real(Contributed("QLinearConcat").Constant(Value.Of(0.05f)).Constant(Value.Of((byte)110)), 2, 3), 2, 4).With("axis", 1).Gives(DataType.Uint8),
        Real(Real(Contributed("QLinearWhere").Of(Value.Of([true, false, true], 3)), 2, 3), 2, 3).Constant(Value.Of(0.05f)).Constant(Value.Of((byte)110)).Gives(DataType.Uint8),
    ];

    private static OneNode[] QuantizedProducts() =>
    [
        new OneNode("ConvInteger", 10).Of(Bytes([1, 2, 4, 5])).Constant(Bytes([3, 2, 2, 2])).Of(Value.Of((byte)120)).Constant(Value.Of((byte)128)).With("pads", [1, 0, 0, 1]).Gives(DataType.Int32),
        Real(new OneNode("QLinearConv", 10), 1, 2, 4, 5).Constant(Bytes([3, 2, 2, 2])).Constant(Value.Of(0.02f)).Constant(Value.Of((byte)128)).Constant(Value.Of(0.3f)).Constant(Value.Of((byte)100))
            .Constant(Value.Of([500, -700, 30], 3)).With("strides", [2, 1]).Gives(DataType.Uint8),
        Real(Contributed("QLinearConv"), 1, 4, 5, 2).Constant(Bytes([3, 2, 2, 2])).Constant(Value.Of(0.02f)).Constant(Value.Of((byte)128)).Constant(Value.Of(0.3f)).Constant(Value.Of((byte)100))
            .With("channels_last", 1).Gives(DataType.Uint8),
        Contributed("MatMulIntegerToFloat").Of(Bytes([3, 4])).Constant(Bytes([4, 2])).Of(Value.Of(0.02f)).Constant(Value.Of(0.01f)).Of(Value.Of((byte)120)).Constant(Value.Of((byte)128)).Constant(Numbers([2])),
        Contributed("DynamicQuantizeMatMul").Of(Numbers([3, 4])).Constant(Bytes([4, 2])).Constant(Value.Of(0.01f)).Constant(Value.Of((byte)128)).Constant(Numbers([2])),
        Real(Real(Contributed("QGemm"), 3, 4), 5, 4).Constant(Value.Of([300, -20, 5, 70, -600], 5)).Constant(Value.Of(0.2f)).Constant(Value.Of((byte)100)).With("transB", 1).With("alpha", 0.5f).Gives(DataType.Uint8),
        Real(Real(Contributed("QGemm"), 4, 3), 4, 5).With("transA", 1),
    ];

    private static OneNode Contributed(string op) => new OneNode(op, 17).In("com.microsoft");

    private static OneNode FusedConv(string activation) =>
        Contributed("FusedConv").Of(Numbers([1, 2, 4, 5])).Constant(Numbers([3, 2, 3, 3])).Constant(Numbers([3])).With("pads", [1, 1, 1, 1]).With("activation", activation);

    private static OneNode Embedded() => Contributed("EmbedLayerNormalization").Of(Value.Of([1, 2, 3, 6, 5, 4], 2, 3));

    private static OneNode Packed() => Contributed("Attention").Of(Numbers([2, 3, 4])).Constant(Numbers([4, 12])).Constant(Numbers([12])).With("num_heads", 2);

    private static OneNode Separate() => Contributed("MultiHeadAttention").Of(Numbers([2, 3, 4])).Of(Numbers([2, 5, 4])).Of(Numbers([2, 5, 4])).With("num_heads", 2);

    /// <summary>A quantized input with a scale and a zero point.</summary>
    private static OneNode Real(OneNode node, params int[] sizes) => node.Of(Bytes(sizes)).Constant(Value.Of(0.02f + (0.001f * sizes.Length))).Constant(Value.Of((byte)(120 + sizes.Length)));

    private static Value Bytes(int[] sizes) => Value.Of([.. Numbers(sizes).ToArray<float>().Select(number => (byte)(128 + (100 * number)))], sizes);
}
