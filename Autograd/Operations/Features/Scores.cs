using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>What <c>ai.onnx.ml</c> makes of the scores of a model: transforms, and the label of the winning class.</summary>
internal static class Scores
{
    /// <summary>Transforms of scores by the names, and by the numbers, that attributes have.</summary>
    public static readonly string[] Transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    /// <summary>Scores after a transform.</summary>
    /// <param name="scores">[batch, classes].</param>
    /// <param name="transform">Its name.</param>
    public static Variable Transformed(Variable scores, string transform) => transform switch
    {
        "NONE" => scores,
        "SOFTMAX" => Ops.Softmax(scores),
        "LOGISTIC" => Ops.Sigmoid(scores),
        "SOFTMAX_ZERO" => SoftmaxOfOthers(scores),
        "PROBIT" => Probit(scores),
        var other => throw new GraphException($"Expected one of the transforms {string.Join(", ", Transforms)}, found {other}."),
    };

    /// <summary>The labels of a classifier: integers or texts.</summary>
    public static Variable Labels(OnnxNode node, string integers, string texts, int count) =>
        node.Texts(texts) is { Count: > 0 } names ? Variable.Of(Value.Of(names.ToArray(), names.Count))
        : Ops.Integers(node.Integers(integers) is { Count: > 0 } numbers ? numbers : [.. Enumerable.Range(0, count).Select(i => (long)i)]);

    /// <summary>Label and scores of a classifier with a score for each class: the first of the greatest scores wins.</summary>
    public static IReadOnlyList<Variable> Classified(Variable scores, Variable labels, string transform) => [Ops.Gather(labels, Ops.ArgMax(scores, 1)), Transformed(scores, transform)];

    /// <summary>Label and scores of a classifier of two classes with one score: the second class wins where it is above a threshold.</summary>
    /// <param name="score">[batch, 1].</param>
    /// <param name="labels">The two labels.</param>
    /// <param name="transform">The name of the transform.</param>
    /// <param name="isShare">Whether the score is the share of the second class, with the threshold ½, instead of a number with a sign.</param>
    public static IReadOnlyList<Variable> Binary(Variable score, Variable labels, string transform, bool isShare)
    {
        Variable isSecond = Ops.Greater(score, isShare ? 0.5 : 0);
        Variable label = Ops.Gather(labels, Ops.Reshape(Ops.Cast(isSecond, DType.Int64), [score.Shape[0]]));
        return transform switch
        {
            "PROBIT" => [label, Probit(score)],
            "LOGISTIC" => [label, Ops.Concat(1, Ops.Sigmoid(-score), Ops.Sigmoid(score))],
            _ when isShare => [label, Ops.Concat(1, 1 - score, score)],
            _ => [label, Ops.Concat(1, -score, score)],
        };
    }

    /// <summary>A softmax in which scores of 0 keep no share.</summary>
    private static Variable SoftmaxOfOthers(Variable scores)
    {
        const double Zero = 1e-7;
        Variable most = Ops.ReduceMax(scores, [1], keepDims: true);
        Variable shares = Ops.Where(Ops.Greater(Ops.Abs(scores), Zero), Ops.Exp(scores - most), scores * Ops.Exp(-most));
        return shares / Ops.Sum(shares, [1], keepDims: true);
    }

    /// <summary>√2·erf⁻¹(2x − 1) by the approximation of Winitzki (2008), which ONNX Runtime uses.</summary>
    private static Variable Probit(Variable x)
    {
        const double A = 0.147;
        Variable y = (2 * x) - 1, log = Ops.Log((1 - y) * (1 + y)), half = (0.5 * log) + (2 / (Math.PI * A));
        return Math.Sqrt(2) * Ops.Sign(y) * Ops.Sqrt(Ops.Sqrt((half * half) - (log * (1 / A))) - half);
    }
}
