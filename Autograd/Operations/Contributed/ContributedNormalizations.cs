using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>Reads layer normalizations of sums.</summary>
internal static class ContributedNormalizations
{
    private const float Epsilon = 1e-5f, SkipEpsilon = 1e-12f;

    /// <summary>x/√(mean of x² + ε)·scale over the last axes, and 1/√(mean of x² + ε).</summary>
    public static IReadOnlyList<Variable> Simplified(OnnxNode node)
    {
        int axis = node.Int32OrNull("axis") ?? -1;
        float epsilon = node.Number("epsilon", Epsilon);
        Variable x = Ops.Cast(node[0], Statistics.TypeOf(node[0]));
        return
        [
            new RMSNormalization(axis, epsilon, x.DType).Apply(node[0], node[1]),
            Statistics.Reciprocal(Ops.Mean(x * x, Statistics.From(x, axis), keepDims: true), epsilon),
        ];
    }

    /// <summary>Inputs: x, what is added to it, scale, bias or none, and a vector that is added before or none. Results: y, mean, 1/√(variance + ε), the sum.</summary>
    public static IReadOnlyList<Variable> Skip(OnnxNode node)
    {
        Variable sum = Sum(node, 4);
        return [.. Layers(sum, node[2], node.Optional(3), node.Number("epsilon", SkipEpsilon)), sum];
    }

    /// <summary>Inputs: x, what is added to it, scale, and a vector that is added before or none. Results: y, nothing, 1/√(mean of squares + ε), the sum.</summary>
    public static IReadOnlyList<Variable> SkipSimplified(OnnxNode node)
    {
        Variable sum = Sum(node, 3), wide = Ops.Cast(sum, Statistics.TypeOf(sum));
        float epsilon = node.Number("epsilon", SkipEpsilon);
        Variable inverse = Statistics.Reciprocal(Ops.Mean(wide * wide, [sum.Shape.Rank - 1], keepDims: true), epsilon);
        return [new RMSNormalization(-1, epsilon, wide.DType).Apply(sum, node[2]), inverse, inverse, sum];
    }

    /// <summary>The sum of the vectors of words, places and segments, normalized. Results: y, the number of words of each example that are no padding, the sum.</summary>
    public static IReadOnlyList<Variable> Embedded(OnnxNode node)
    {
        Variable ids = Ops.Cast(node[0], DType.Int64);
        Variable places = node.Optional(8) is { } given ? Ops.Cast(given, DType.Int64) : Sizes.Positions(ids, 1);
        Variable sum = Ops.Gather(node[2], ids) + Ops.Gather(node[3], places);
        if (node.Optional(4) is { } segments)
            sum += Ops.Gather(segments, Ops.Cast(node[1], DType.Int64));
        Variable isWord = node.Optional(7) is { } mask ? Ops.Equal(mask, Variable.Scalar(1, mask.DType)) : Ops.ExpandLike(Variable.Of(Value.Of(false)), ids);
        Variable count = Ops.Sum(Ops.Cast(isWord, DType.Int32), [1]);
        return [Layers(sum, node[5], node[6], node.Number("epsilon", SkipEpsilon))[0], count, sum];
    }

    private static Variable Sum(OnnxNode node, int bias)
    {
        Variable sum = node[0] + node[1];
        return node.Optional(bias) is { } vector ? sum + vector : sum;
    }

    private static IReadOnlyList<Variable> Layers(Variable x, Variable scale, Variable? bias, double epsilon) =>
        new LayerNormalization(-1, epsilon, Statistics.TypeOf(x)).ApplyAll(x, scale, bias);
}
