using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Ensembles of decision trees of <c>ai.onnx.ml</c>.</summary>
internal static class TreeModels
{
    private static readonly string[] Aggregates = ["AVERAGE", "SUM", "MIN", "MAX"];

    /// <summary>A number for each target (version 5).</summary>
    public static IReadOnlyList<Variable> Ensemble(OnnxNode node)
    {
        Variable x = node[0];
        var forest = TreeReader.Compact(node);
        IReadOnlyList<long> targets = node.Integers("leaf_targetids") ?? [];
        Value weights = node.Tensor("leaf_weights")!;
        int count = node.Has("n_targets") ? node.Int32("n_targets") : (int)targets.DefaultIfEmpty(0).Max() + 1;
        Require(targets.Count == weights.Count, node, $"as many leaf_weights as leaf_targetids, found {weights.Count} and {targets.Count}");
        int first = forest.Count - targets.Count;
        var leaves = targets.Select((target, i) => (Node: first + i, Target: target, Weight: weights[i]));
        Variable scores = forest.Sums(x, leaves, count, Name(node, Aggregates, "aggregate_function"));
        return [Ops.Cast(Scores.Transformed(scores, Name(node, Scores.Transforms, "post_transform")), x.DType)];
    }

    /// <summary>A number for each target.</summary>
    public static IReadOnlyList<Variable> Regressor(OnnxNode node)
    {
        int count = node.Has("n_targets") ? node.Int32("n_targets") : 1;
        Variable scores = Weighted(node, "target", count, node.Text("aggregate_function"), out _);
        return [Ops.Cast(Scores.Transformed(WithBase(node, scores, count), node.Text("post_transform")), DType.Float32)];
    }

    /// <summary>Label and scores of the classes.</summary>
    public static IReadOnlyList<Variable> Classifier(OnnxNode node)
    {
        int count = Math.Max((node.Integers("classlabels_int64s") ?? []).Count, (node.Texts("classlabels_strings") ?? []).Count);
        Variable labels = Scores.Labels(node, "classlabels_int64s", "classlabels_strings", count);
        string transform = node.Text("post_transform");
        int[] classes = [.. (node.Integers("class_ids") ?? []).Select(id => (int)id).Distinct()];
        if (count != 2 || classes.Length != 1)
            return Narrow(Scores.Classified(WithBase(node, Weighted(node, "class", count, "SUM", out _), count), labels, transform));

        // All weights are those of one class: it is the second, and the first has what is left.
        Variable score = Ops.Slice(Weighted(node, "class", 2, "SUM", out bool arePositive), 1, classes[0], classes[0] + 1);
        Value? given = Numbers(node, "base_values");
        if (given is { Count: > 0 })
            score += given[given.Count - 1];
        return Narrow(Scores.Binary(score, labels, transform, arePositive));
    }

    private static IReadOnlyList<Variable> Narrow(IReadOnlyList<Variable> results) => [results[0], Ops.Cast(results[1], DType.Float32)];

    private static Variable Weighted(OnnxNode node, string kind, int count, string aggregate, out bool arePositive)
    {
        TreeReader.Listed listed = TreeReader.Read(node);
        IReadOnlyList<long> trees = node.Integers($"{kind}_treeids") ?? [], nodes = node.Integers($"{kind}_nodeids") ?? [], targets = node.Integers($"{kind}_ids") ?? [];
        Value weights = Numbers(node, $"{kind}_weights") ?? Value.Zeros(DType.Float32, 0);
        Require(
            trees.Count == nodes.Count && nodes.Count == targets.Count && targets.Count == weights.Count, node,
            $"as many trees, nodes, targets and weights, found {trees.Count}, {nodes.Count}, {targets.Count} and {weights.Count}");
        arePositive = Enumerable.Range(0, weights.Count).All(i => weights[i] >= 0);
        return listed.Forest.Sums(node[0], targets.Select((target, i) => (Node: listed.Place(trees[i], nodes[i]), Target: target, Weight: weights[i])), count, aggregate);
    }

    private static Variable WithBase(OnnxNode node, Variable scores, int count)
    {
        if (Numbers(node, "base_values") is not { Count: > 0 } given)
            return scores;
        Require(given.Count == count || given.Count == 1, node, $"{count} base_values, found {given.Count}");
        return scores + Ops.Cast(Variable.Of(given), scores.DType);
    }

    /// <summary>Numbers that are a list, or since version 3 a tensor.</summary>
    internal static Value? Numbers(OnnxNode node, string name) =>
        (node.Knows($"{name}_as_tensor") ? node.Tensor($"{name}_as_tensor") : null) ?? (node.Numbers(name) is { } list ? Value.Of(list.ToArray(), list.Count) : null);

    internal static void Require(bool condition, OnnxNode node, string expected)
    {
        if (!condition)
            throw new GraphException($"{node.Operator} expects {expected}.");
    }

    private static string Name(OnnxNode node, string[] names, string attribute) => node.Integer(attribute) is >= 0 and var number && number < names.Length
        ? names[number]
        : throw new GraphException($"{node.Operator} expects a number from 0 to {names.Length - 1} as \"{attribute}\", found {node.Integer(attribute)}.");
}
