using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>Reads products of quantized matrices whose results are real numbers, and convolutions with the channels at the end.</summary>
internal static class ContributedQuantizedProducts
{
    /// <summary>Inputs: A, B, their scales, their zero points, and a vector that is added.</summary>
    public static IReadOnlyList<Variable> ToFloat(OnnxNode node) =>
        [Biased(Product(node[0], node.Optional(4), node[1], node.Optional(5)) * node[2] * node[3], node.Optional(6))];

    /// <summary>Inputs: A as real numbers, which are quantized by their range, B, its scale and zero point, and a vector that is added.</summary>
    public static IReadOnlyList<Variable> Dynamic(OnnxNode node)
    {
        IReadOnlyList<Variable> a = new DynamicQuantizeLinear().ApplyAll(node[0]);
        return [Biased(Product(a[0], a[2], node[1], node.Optional(3)) * a[1] * node[2], node.Optional(4))];
    }

    /// <summary>Inputs: A, its scale and zero point, B, its scale and zero point, an addend in int32, and scale and zero point of the result, real numbers where they are left out.</summary>
    public static IReadOnlyList<Variable> Gemm(OnnxNode node)
    {
        Variable a = node.IsSet("transA") ? Ops.Transpose(node[0], [1, 0]) : node[0], b = node.IsSet("transB") ? Ops.Transpose(node[3], [1, 0]) : node[3];
        Variable sum = Integers(a, node.Optional(2), b, node.Optional(5));
        if (node.Optional(6) is { } addend)
            sum += addend;
        Variable real = Ops.Cast(sum, node[1].DType) * (node.Number("alpha", 1) * ContributedQuantization.Scale(node, 1) * ContributedQuantization.Scale(node, 4));
        return node.Optional(7) is null ? [real] : [ContributedQuantization.Result(node, real, 7)];
    }

    public static IReadOnlyList<Variable> Conv(OnnxNode node)
    {
        if (!node.IsSet("channels_last"))
            return [node.As("QLinearConv", QLinearConv.FromOnnx, [.. Enumerable.Range(0, node.Count).Select(node.Optional)])];
        int rank = node[0].Shape.Rank;
        Variable x = Ops.Transpose(node[0], [0, rank - 1, .. Enumerable.Range(1, rank - 2)]);
        Variable y = node.As("QLinearConv", QLinearConv.FromOnnx, [x, .. Enumerable.Range(1, node.Count - 1).Select(node.Optional)]);
        return [Ops.Transpose(y, [0, .. Enumerable.Range(2, rank - 2), 1])];
    }

    /// <summary>The product as real numbers, its scales aside.</summary>
    public static Variable Product(Variable a, Variable? aZero, Variable b, Variable? bZero) => Ops.Cast(Integers(a, aZero, b, bZero), DType.Float32);

    private static Variable Integers(Variable a, Variable? aZero, Variable b, Variable? bZero) => new MatMulInteger().Apply(a, b, Scalar(aZero), Scalar(bZero));

    private static Variable? Scalar(Variable? zero) => zero is { Shape.Rank: 1 } && zero.Shape[0] == 1 ? new Squeeze().Apply(zero, Ops.Integers(0)) : zero;

    private static Variable Biased(Variable product, Variable? bias) => bias is null ? product : product + bias;
}
