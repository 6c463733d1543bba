using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>What the support vector machines of <c>ai.onnx.ml</c> share, in float32.</summary>
internal static class SupportVectors
{
    /// <summary>k(x, v) for every example and support vector: [batch, vectors]. LINEAR x·v, POLY (γ·x·v + c)^d, RBF exp(−γ·‖x − v‖²), SIGMOID tanh(γ·x·v + c).</summary>
    /// <param name="node">The node.</param>
    /// <param name="x">[batch, features].</param>
    /// <param name="count">The number of support vectors.</param>
    public static Variable Kernel(OnnxNode node, Variable x, int count)
    {
        float[] numbers = [.. node.Numbers("support_vectors") ?? []];
        (float gamma, float constant, float degree) = node.Numbers("kernel_params") switch
        {
            null or [] => (0, 0, 0),
            [var first, var second, var third] => (first, second, third),
            var other => throw new GraphException($"{node.Operator} expects gamma, coef0 and degree as kernel_params, found {other.Count} numbers."),
        };
        Variable Products() => Ops.MatMul(x, LinearModels.Matrix(node, numbers, count, x.Shape[1].Size, isTransposed: true));
        return node.Text("kernel_type") switch
        {
            "LINEAR" => Products(),
            "POLY" => Ops.Pow((gamma * Products()) + constant, degree),
            "RBF" => Ops.Exp(-gamma * SquaredDistances(x, LinearModels.Matrix(node, numbers, count, x.Shape[1].Size, isTransposed: false))),
            "SIGMOID" => Ops.Tanh((gamma * Products()) + constant),
            var other => throw new GraphException($"{node.Operator} expects the kernel LINEAR, POLY, RBF or SIGMOID, found {other}."),
        };
    }

    /// <summary>‖x‖² + ‖v‖² − 2·x·v, from the mean of the vectors: distances stay, and features far from 0 do not lose the digits in which they differ.</summary>
    private static Variable SquaredDistances(Variable x, Variable vectors)
    {
        Variable mean = Ops.Mean(vectors, [0]), from = x - mean, to = Ops.Transpose(vectors - mean);
        return Ops.Sum(from * from, [1], keepDims: true) + Ops.Sum(to * to, [0]) - (2 * Ops.MatMul(from, to));
    }
}
