using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>Reads products with factors, transpositions and activations.</summary>
internal static class ContributedProducts
{
    /// <summary>α·A′B′, where ′ exchanges the last two axes, or brings the first axis behind those of the stack.</summary>
    public static IReadOnlyList<Variable> MatMul(OnnxNode node)
    {
        Variable a = Turned(node[0], node.IsSet("transA"), node.IsSet("transBatchA")), b = Turned(node[1], node.IsSet("transB"), node.IsSet("transBatchB"));
        Variable product = node.As("MatMul", LinearAlgebra.MatMul.FromOnnx, a, b);
        float alpha = node.Number("alpha", 1);
        return [alpha == 1 ? product : product * alpha];
    }

    public static IReadOnlyList<Variable> Gemm(OnnxNode node)
    {
        Variable product = node.As("Gemm", LinearAlgebra.Gemm.FromOnnx, node[0], node[1], node.Optional(2));
        return [ContributedActivations.Apply(node, product, NumberOrNull(node, "activation_alpha"), NumberOrNull(node, "activation_beta"))];
    }

    /// <summary>The convolution, plus Z where there is one, then the activation.</summary>
    public static IReadOnlyList<Variable> Conv(OnnxNode node)
    {
        Variable product = node.As("Conv", Convolution.Conv.FromOnnx, node[0], node[1], node.Optional(2));
        IReadOnlyList<float> numbers = node.Numbers("activation_params") ?? [];
        return [ContributedActivations.Apply(node, node.Optional(3) is { } addend ? product + addend : product, numbers.Count > 0 ? numbers[0] : null, numbers.Count > 1 ? numbers[1] : null)];
    }

    private static float? NumberOrNull(OnnxNode node, string name) => node.Has(name) ? node.Number(name) : null;

    private static Variable Turned(Variable x, bool transpose, bool stack)
    {
        int rank = x.Shape.Rank;
        if (rank < 2 || !(transpose || stack))
            return x;
        int[] order = stack ? [.. Enumerable.Range(1, rank - 2), 0, rank - 1] : [.. Enumerable.Range(0, rank)];
        if (transpose)
            (order[^2], order[^1]) = (order[^1], order[^2]);
        return Ops.Transpose(x, [.. order]);
    }
}
