using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>Reads operators on quantized numbers: what they do to the real numbers for which these stand, quantized again. A scale and a zero point follow each quantized input; those of the result come last.</summary>
internal static class ContributedQuantization
{
    public static IReadOnlyList<Variable> Quantize(OnnxNode node)
    {
        DType to = node.Optional(2)?.DType ?? DType.UInt8;
        return new QuantizeLinear(to, Axis(node)).ApplyAll(node[0], Scale(node, 1), node.Optional(2));
    }

    public static IReadOnlyList<Variable> Dequantize(OnnxNode node) => new DequantizeLinear(Axis(node)).ApplyAll(node[0], Scale(node, 1), node.Optional(2));

    public static IReadOnlyList<Variable> Add(OnnxNode node) => [Result(node, Real(node, 0) + Real(node, 3), 6)];

    public static IReadOnlyList<Variable> Mul(OnnxNode node) => [Result(node, Real(node, 0) * Real(node, 3), 6)];

    public static IReadOnlyList<Variable> Sigmoid(OnnxNode node) => [Result(node, Ops.Sigmoid(Real(node, 0)), 3)];

    public static IReadOnlyList<Variable> LeakyRelu(OnnxNode node) => [Result(node, Ops.LeakyRelu(Real(node, 0), node.Number("alpha", 0.01f)), 3)];

    public static IReadOnlyList<Variable> Softmax(OnnxNode node)
    {
        node.Refuse(node.Has("opset") && node.Integer("opset") < 13 && (node.Int32OrNull("axis") ?? -1) is not -1, "a softmax over several axes");
        return [Result(node, Ops.Softmax(Real(node, 0), node.Int32OrNull("axis") ?? -1), 3)];
    }

    public static IReadOnlyList<Variable> GlobalAveragePool(OnnxNode node) => [Result(node, Channels(node, x => new Convolution.GlobalAveragePool().Apply(x)), 3)];

    public static IReadOnlyList<Variable> AveragePool(OnnxNode node) => [Result(node, Channels(node, x => node.As("AveragePool", Convolution.AveragePool.FromOnnx, x)), 3)];

    public static IReadOnlyList<Variable> Where(OnnxNode node) => [Result(node, Ops.Where(node[0], Real(node, 1), Real(node, 4)), 7)];

    /// <summary>Scale and zero point of the result come first here.</summary>
    public static IReadOnlyList<Variable> Concat(OnnxNode node)
    {
        Variable[] parts = [.. Enumerable.Range(0, (node.Count - 2) / 3).Select(i => Real(node, 2 + (3 * i)))];
        return [Result(node, Ops.Concat(parts[0].Shape.Axis(node.Needed("axis")), parts), 0)];
    }

    /// <summary>The real numbers of a quantized input and the scale and zero point behind it.</summary>
    public static Variable Real(OnnxNode node, int input) => new DequantizeLinear().Apply(node[input], Scale(node, input + 1), node.Optional(input + 2));

    /// <summary>Real numbers with the scale and the zero point at two inputs.</summary>
    public static Variable Result(OnnxNode node, Variable real, int scale)
    {
        Variable? zero = node.Optional(scale + 1);
        return new QuantizeLinear(zero?.DType ?? node[0].DType).Apply(real, Scale(node, scale), zero);
    }

    /// <summary>A scale, which is above 0 where it is a constant.</summary>
    public static Variable Scale(OnnxNode node, int input)
    {
        Scales.RequirePositive(node.Operator, node[input]);
        return node[input];
    }

    /// <summary>Applies an operation on channels at axis 1, which the node may have at the end.</summary>
    private static Variable Channels(OnnxNode node, Func<Variable, Variable> apply)
    {
        Variable x = Real(node, 0);
        if (!node.IsSet("channels_last"))
            return apply(x);
        int rank = x.Shape.Rank;
        Variable y = apply(Ops.Transpose(x, [0, rank - 1, .. Enumerable.Range(1, rank - 2)]));
        return Ops.Transpose(y, [0, .. Enumerable.Range(2, rank - 2), 1]);
    }

    private static int Axis(OnnxNode node)
    {
        int axis = node.Int32OrNull("axis") ?? 1;
        return axis < 0 ? axis + node[0].Shape.Rank : axis;
    }
}
