using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Reads <c>SVMClassifier</c> (<c>ai.onnx.ml</c>): one machine for each pair of classes, as libsvm trains them, or one linear score for each class.</summary>
internal static class VectorClassifier
{
    /// <summary>Label and scores of the classes.</summary>
    public static IReadOnlyList<Variable> Of(OnnxNode node)
    {
        Variable x = LinearModels.Rows(node[0]);
        int classes = Math.Max((node.Integers("classlabels_ints") ?? []).Count, (node.Texts("classlabels_strings") ?? []).Count);
        TreeModels.Require(classes > 1, node, $"labels of two classes or more, found {classes}");
        Variable labels = Scores.Labels(node, "classlabels_ints", "classlabels_strings", classes);
        IReadOnlyList<int> counts = node.Int32s("vectors_per_class") ?? [];
        return counts.All(count => count == 0) ? Linear(node, x, labels) : ByPairs(node, x, counts, labels);
    }

    /// <summary>x·coefficients + ρ, a score for each class. Of two classes ONNX Runtime takes the second wherever a score is positive, or at least ½ if no coefficient is negative.</summary>
    private static IReadOnlyList<Variable> Linear(OnnxNode node, Variable x, Variable labels)
    {
        int classes = labels.Shape[0].Size;
        float[] coefficients = [.. node.Numbers("coefficients") ?? []];
        Variable scores = Ops.MatMul(x, LinearModels.Matrix(node, coefficients, classes, x.Shape[1].Size, isTransposed: true)) + (node.Numbers("rho") is [var rho, ..] ? rho : 0);
        Variable winner = Ops.ArgMax(scores, 1);
        if (classes == 2 && node.Numbers("prob_a") is not { Count: > 0 })
        {
            Variable most = Ops.ReduceMax(scores, [1]);
            bool arePositive = coefficients.All(coefficient => coefficient >= 0);
            Variable isSecond = arePositive ? Ops.GreaterOrEqual(most, Variable.Scalar(0.5, DType.Float32)) : Ops.Greater(most, 0);
            winner = Ops.Where(isSecond, 1, winner);
        }

        return [Ops.Gather(labels, winner), Scores.Transformed(scores, node.Text("post_transform"))];
    }

    /// <summary>The class that wins most pairs, the first of equals; and the shares of the classes where the file has the numbers for them, otherwise the scores of the pairs.</summary>
    private static IReadOnlyList<Variable> ByPairs(OnnxNode node, Variable x, IReadOnlyList<int> counts, Variable labels)
    {
        int classes = labels.Shape[0].Size;
        TreeModels.Require(counts.Count == classes && counts.All(count => count >= 0), node, $"vectors_per_class with {classes} numbers of at least 0, found {string.Join(", ", counts)}");
        ClassPairs pairs = new(classes);
        Variable scores = PairScores(node, x, counts, pairs);
        Variable winners = pairs.Matrix(Ops.Cast(Ops.Greater(scores, 0), DType.Float32));
        Variable label = Ops.Gather(labels, Ops.ArgMax(Ops.Sum(winners, [2]), 1));
        string transform = node.Text("post_transform");
        if ((node.Numbers("prob_a") ?? []).Count == 0 && (node.Numbers("prob_b") ?? []).Count == 0)
            return [label, classes == 2 ? OfTwo(node, scores, transform) : Scores.Transformed(scores, transform)];

        // Platt's sigmoid of each score, kept from 0 and 1.
        const double Least = 1e-7;
        Variable shares = Ops.Sigmoid(-((scores * PerPair(node, "prob_a", pairs)) + PerPair(node, "prob_b", pairs)));
        return [label, Scores.Transformed(PairwiseCoupling.Of(pairs.Matrix(Ops.Clip(shares, Least, 1 - Least))), transform)];
    }

    /// <summary>The score s of two classes as ONNX Runtime writes it: −s and s, after LOGISTIC σ(−s) and σ(s), after another transform 1 − s and s.</summary>
    private static Variable OfTwo(OnnxNode node, Variable score, string transform) => transform switch
    {
        "NONE" => Ops.Concat(1, -score, score),
        "LOGISTIC" => Ops.Concat(1, Ops.Sigmoid(-score), Ops.Sigmoid(score)),
        "SOFTMAX" or "SOFTMAX_ZERO" => Ops.Concat(1, 1 - score, score),
        _ => throw new GraphException($"{node.Operator} of two classes without prob_a and prob_b expects the transform NONE, LOGISTIC, SOFTMAX or SOFTMAX_ZERO, found {transform}."),
    };

    /// <summary>Σ coefficient·kernel(x, support vector of the two classes) + ρ: [batch, pairs], positive where the first class of the pair wins. Each class has a row of coefficients against every
    /// other.</summary>
    private static Variable PairScores(OnnxNode node, Variable x, IReadOnlyList<int> counts, ClassPairs pairs)
    {
        Variable rho = PerPair(node, "rho", pairs);
        int vectors = counts.Sum(), others = counts.Count - 1;
        Variable kernel = SupportVectors.Kernel(node, x, vectors);
        Variable coefficients = LinearModels.Matrix(node, [.. node.Numbers("coefficients") ?? []], others, vectors, isTransposed: true);
        int[] sizes = [.. counts];
        Variable sums = Ops.Concat(1, [.. Ops.Split(kernel, 1, sizes).Zip(Ops.Split(coefficients, 0, sizes), Ops.MatMul)]);
        Variable Against(Func<(int First, int Second), int> place) => Ops.Gather(sums, Ops.Integers([.. pairs.Select(pair => (long)place(pair))]), 1);
        return Against(pair => (pair.First * others) + pair.Second - 1) + Against(pair => (pair.Second * others) + pair.First) + rho;
    }

    private static Variable PerPair(OnnxNode node, string name, ClassPairs pairs)
    {
        float[] numbers = [.. node.Numbers(name) ?? []];
        TreeModels.Require(numbers.Length == pairs.Count, node, $"{pairs.Count} numbers as {name}, one for each pair of classes, found {numbers.Length}");
        return Variable.Of(Value.Of(numbers, numbers.Length));
    }
}
