using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Quantizing nodes whose scales, zero points, axes or blocks make no sense.</summary>
internal static class HostileQuantization
{
    private const long Huge = 1L << 40;

    /// <summary>The nodes; the first word is the operator.</summary>
    public static IReadOnlyDictionary<string, Func<OneNode>> Nodes { get; } = new Dictionary<string, Func<OneNode>>
    {
        ["QuantizeLinear by a scale of 0"] = () => Quantize(Value.Of(0f)),
        ["QuantizeLinear by a scale of -0"] = () => Quantize(Value.Of(-0f)),
        ["QuantizeLinear by a scale below 0"] = () => Quantize(Value.Of(-1f)),
        ["QuantizeLinear by a scale that is no number"] = () => Quantize(Value.Of(float.NaN)),
        ["QuantizeLinear by an infinite scale"] = () => Quantize(Value.Of(float.PositiveInfinity)),
        ["QuantizeLinear by a scale of 0 for one column"] = () => Quantize(Value.Of([1f, 0, 2], 3)),
        ["QuantizeLinear by a scale of integers of 64 bits"] = () => Quantize(Value.Of(1L)),
        ["QuantizeLinear with a zero point of floats"] = () => Quantize(Value.Of(1f)).Constant(Value.Of(0f)),
        ["QuantizeLinear with a zero point of 64 bits"] = () => Quantize(Value.Of(1f)).Constant(Value.Of(0L)).Gives(DataType.Int64),
        ["QuantizeLinear with a zero point of another type than it says"] = () => Quantize(Value.Of(1f)).Constant(Value.Of((byte)1)).With("output_dtype", (long)DataType.Int8),
        ["QuantizeLinear with one zero point for three scales"] = () => Quantize(Value.Of([1f, 1, 2], 3)).Constant(Value.Of((byte)1)),
        ["QuantizeLinear with three zero points for one scale"] = () => Quantize(Value.Of(1f)).Constant(Value.Of((byte[])[1, 2, 3], 3)),
        ["QuantizeLinear to floats"] = () => Quantize(Value.Of(1f)).With("output_dtype", (long)DataType.Float).Gives(DataType.Float),
        ["QuantizeLinear to no type"] = () => Quantize(Value.Of(1f)).With("output_dtype", 99),
        ["QuantizeLinear in the precision of an integer"] = () => Quantize(Value.Of(1f), 23).With("precision", (long)DataType.Int32),
        ["QuantizeLinear with two scales for three columns"] = () => Quantize(Value.Of([1f, 2], 2)),
        ["QuantizeLinear with scales of rank 2"] = () => Quantize(Numbers(2, 3)),
        ["QuantizeLinear with no scales"] = () => Quantize(Value.Zeros(DType.Float32, 0)),
        ["QuantizeLinear at an axis too high"] = () => Quantize(Value.Of([1f, 1, 2], 3)).With("axis", 2),
        ["QuantizeLinear at an axis too low"] = () => Quantize(Value.Of([1f, 1, 2], 3)).With("axis", -3),
        ["QuantizeLinear at an axis beyond 32 bits"] = () => Quantize(Value.Of([1f, 2], 2)).With("axis", 1L << 32),
        ["QuantizeLinear in blocks of -1"] = () => Quantize(Numbers(2, 3)).With("block_size", -1),
        ["QuantizeLinear in blocks of 2^40"] = () => Quantize(Numbers(2, 1)).With("block_size", Huge),
        ["QuantizeLinear in blocks of 2^32 + 1"] = () => Quantize(Numbers(2, 3)).With("block_size", (1L << 32) + 1),
        ["QuantizeLinear in blocks with a scale for all"] = () => Quantize(Value.Of(1f)).With("block_size", 2),
        ["QuantizeLinear in blocks with too few scales"] = () => Quantize(Numbers(2, 1)).With("block_size", 2),
        ["QuantizeLinear in blocks with too many scales"] = () => Quantize(Numbers(2, 3)).With("block_size", 2),
        ["QuantizeLinear in blocks with scales for one row of two"] = () => Quantize(Numbers(1, 2)).With("block_size", 2),
        ["QuantizeLinear in blocks at an axis too high"] = () => Quantize(Numbers(2, 2)).With("block_size", 2).With("axis", 2),
        ["QuantizeLinear of texts"] = () => new OneNode("QuantizeLinear", 21).Of(Value.Of(["a", "b"], 2)).Constant(Value.Of(1f)).Gives(DataType.Uint8),
        ["DequantizeLinear by a scale of 0"] = () => Dequantize(Value.Of(0f)),
        ["DequantizeLinear by a scale below 0"] = () => Dequantize(Value.Of(-1f)),
        ["DequantizeLinear by a scale that is no number"] = () => Dequantize(Value.Of(float.NaN)),
        ["DequantizeLinear by a scale that is no number for one column"] = () => Dequantize(Value.Of([1f, 1, float.NaN], 3)),
        ["DequantizeLinear by a scale of integers"] = () => Dequantize(Value.Of(1)),
        ["DequantizeLinear with a zero point of another type"] = () => Dequantize(Value.Of(1f)).Constant(Value.Of((sbyte)1)),
        ["DequantizeLinear with a zero point of floats"] = () => Dequantize(Value.Of(1f)).Constant(Value.Of(1f)),
        ["DequantizeLinear with two zero points for three scales"] = () => Dequantize(Value.Of([1f, 1, 2], 3)).Constant(Value.Of((byte[])[1, 2], 2)),
        ["DequantizeLinear with three zero points for one scale"] = () => Dequantize(Value.Of(1f)).Constant(Value.Of((byte[])[1, 2, 3], 3)),
        ["DequantizeLinear with two scales for three columns"] = () => Dequantize(Value.Of([1f, 2], 2)),
        ["DequantizeLinear at an axis too high"] = () => Dequantize(Value.Of([1f, 1, 2], 3)).With("axis", 2),
        ["DequantizeLinear at an axis beyond 32 bits"] = () => Dequantize(Value.Of([1f, 2], 2)).With("axis", 1L << 32),
        ["DequantizeLinear in blocks of -1"] = () => Dequantize(Numbers(2, 3)).With("block_size", -1),
        ["DequantizeLinear in blocks of 2^32 + 1"] = () => Dequantize(Numbers(2, 3)).With("block_size", (1L << 32) + 1),
        ["DequantizeLinear in blocks with too few scales"] = () => Dequantize(Numbers(2, 1)).With("block_size", 2),
        ["DequantizeLinear in blocks with too many scales"] = () => Dequantize(Numbers(2, 3)).With("block_size", 2),
        ["DequantizeLinear of floats"] = () => new OneNode("DequantizeLinear", 21).Of(Numbers(2, 3)).Constant(Value.Of(1f)),
        ["DequantizeLinear to integers"] = () => Dequantize(Value.Of(1f), 23).With("output_dtype", (long)DataType.Int32).Gives(DataType.Int32),
        ["DynamicQuantizeLinear of integers"] = () => new OneNode("DynamicQuantizeLinear", 11).Of(Value.Of([1, 2], 2)).Gives(DataType.Uint8, DataType.Float, DataType.Uint8),
        ["MatMulInteger of floats"] = () => new OneNode("MatMulInteger", 10).Of(Numbers(2, 3)).Of(Numbers(3, 4)).Gives(DataType.Int32),
        ["MatMulInteger with a zero point of another type"] = () => Product().Constant(Value.Of((sbyte)1)),
        ["MatMulInteger with the other zero point of another type"] = () => Product().Absent().Constant(Value.Of((sbyte)1)),
        ["MatMulInteger with a zero point for each summand"] = () => Product(rows: 1).Constant(Bytes(3)),
        ["MatMulInteger with too many zero points for rows"] = () => Product().Constant(Bytes(4)),
        ["MatMulInteger with too few zero points for columns"] = () => Product().Absent().Constant(Bytes(3)),
        ["MatMulInteger with a zero point for each element"] = () => Product().Absent().Constant(Bytes(3, 4)),
        ["MatMulInteger with a stack of zero points"] = () => Product().Constant(Bytes(5, 2, 1)),
        ["MatMulInteger of other sizes"] = () => new OneNode("MatMulInteger", 10).Of(Bytes(2, 3)).Of(Bytes(4, 2)).Gives(DataType.Int32),
        ["QLinearMatMul by a scale of 0"] = () => Quantized(scale: Value.Of(0f)),
        ["QLinearMatMul by a scale that is no number"] = () => Quantized(scale: Value.Of(float.NaN)),
        ["QLinearMatMul to a scale of 0"] = () => Quantized(result: Value.Of(0f)),
        ["QLinearMatMul to a scale below 0"] = () => Quantized(result: Value.Of(-1f)),
        ["QLinearMatMul with three scales for two rows"] = () => Quantized(scale: Value.Of([1f, 2, 3], 3), zero: Bytes(3)),
        ["QLinearMatMul with two scales and one zero point"] = () => Quantized(scale: Value.Of([1f, 2], 2)),
        ["QLinearMatMul with a zero point of another type"] = () => Quantized(zero: Value.Of((sbyte)1)),
        ["QLinearMatMul to floats"] = () => Quantized(last: Value.Of(0f)),
        ["QLinearMatMul to three scales for four columns"] = () => Quantized(result: Value.Of([1f, 2, 3], 3), last: Bytes(3)),
        ["QLinearMatMul by a scale of integers"] = () => Quantized(scale: Value.Of(1)),
        ["QLinearConv by a scale of 0"] = () => Convolved(scale: Value.Of(0f)),
        ["QLinearConv by an infinite scale of weights"] = () => Convolved(weights: Value.Of(float.PositiveInfinity)),
        ["QLinearConv by a scale of weights of 0 for one channel"] = () => Convolved(weights: Value.Of([1f, 0], 2), zeros: Bytes(2)),
        ["QLinearConv to a scale that is no number"] = () => Convolved(result: Value.Of(float.NaN)),
        ["QLinearSigmoid by a scale of 0"] = () => Sigmoid(scale: Value.Of(0f)),
        ["QLinearSigmoid to a scale below 0"] = () => Sigmoid(result: Value.Of(-1f)),
        ["QLinearSigmoid to an infinite scale"] = () => Sigmoid(result: Value.Of(float.PositiveInfinity)),
    };

    private static OneNode Sigmoid(Value? scale = null, Value? result = null) => new OneNode("QLinearSigmoid", 17).In("com.microsoft")
        .Of(Bytes(2, 3)).Constant(scale ?? Value.Of(1f)).Constant(Value.Of((byte)1)).Constant(result ?? Value.Of(1f)).Constant(Value.Of((byte)4)).Gives(DataType.Uint8);

    private static OneNode Quantize(Value scale, int opset = 21) => new OneNode("QuantizeLinear", opset).Of(Numbers(2, 3)).Constant(scale).Gives(DataType.Uint8);

    private static OneNode Dequantize(Value scale, int opset = 21) => new OneNode("DequantizeLinear", opset).Of(Bytes(2, 3)).Constant(scale);

    private static OneNode Product(int rows = 2) => new OneNode("MatMulInteger", 10).Of(Bytes(rows, 3)).Of(Bytes(3, 4)).Gives(DataType.Int32);

    private static OneNode Quantized(Value? scale = null, Value? zero = null, Value? result = null, Value? last = null) => new OneNode("QLinearMatMul", 21)
        .Of(Bytes(2, 3)).Constant(scale ?? Value.Of(1f)).Constant(zero ?? Value.Of((byte)1))
        .Of(Bytes(3, 4)).Constant(Value.Of(1f)).Constant(Value.Of((byte)2))
        .Constant(result ?? Value.Of(3f)).Constant(last ?? Value.Of((byte)4)).Gives(DataType.Uint8);

    private static OneNode Convolved(Value? scale = null, Value? weights = null, Value? zeros = null, Value? result = null) => new OneNode("QLinearConv", 10)
        .Of(Bytes(1, 1, 3, 3)).Constant(scale ?? Value.Of(1f)).Constant(Value.Of((byte)1))
        .Constant(Bytes(2, 1, 2, 2)).Constant(weights ?? Value.Of(1f)).Constant(zeros ?? Value.Of((byte)2))
        .Constant(result ?? Value.Of(3f)).Constant(Value.Of((byte)4)).Gives(DataType.Uint8);

    private static Value Bytes(params int[] sizes) => Value.Of([.. Enumerable.Range(1, Count(sizes)).Select(i => (byte)i)], sizes);

    private static Value Numbers(params int[] sizes) => Value.Of([.. Enumerable.Range(1, Count(sizes)).Select(i => (float)i)], sizes);

    private static int Count(int[] sizes) => sizes.Aggregate(1, (product, size) => product * size);
}
