using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Reads <c>SVMRegressor</c> (<c>ai.onnx.ml</c>).</summary>
internal static class VectorRegressor
{
    /// <summary>Σ coefficient·kernel(x, support vector) + ρ, [batch, 1], or its sign for a single class; without support vectors x·coefficients + ρ.</summary>
    public static IReadOnlyList<Variable> Of(OnnxNode node)
    {
        Variable x = LinearModels.Rows(node[0]);
        float[] coefficients = [.. node.Numbers("coefficients") ?? []];
        int count = node.Int32("n_supports");
        Variable sum = count == 0
            ? Ops.MatMul(x, LinearModels.Matrix(node, coefficients, 1, x.Shape[1].Size, isTransposed: true))
            : Ops.MatMul(SupportVectors.Kernel(node, x, count), LinearModels.Matrix(node, coefficients, count, 1, isTransposed: false));
        Variable score = sum + (node.Numbers("rho") is [var rho, ..] ? rho : 0);
        return [node.Flag("one_class") ? Ops.Where(Ops.Greater(score, 0), Ops.ExpandLike(Variable.Scalar(1, DType.Float32), score), -1) : Scores.Transformed(score, node.Text("post_transform"))];
    }
}
