using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Reads the nodes of decision trees.</summary>
internal static class TreeReader
{
    private const int Member = 6;

    /// <summary>Trees of the form of version 5: nodes, then leaves, each at the place in its list.</summary>
    public static Forest Compact(OnnxNode node)
    {
        IReadOnlyList<long> features = Integers(node, "nodes_featureids"), trueIds = Integers(node, "nodes_truenodeids"), falseIds = Integers(node, "nodes_falsenodeids");
        IReadOnlyList<long> trueLeaves = Integers(node, "nodes_trueleafs"), falseLeaves = Integers(node, "nodes_falseleafs"), missing = Integers(node, "nodes_missing_value_tracks_true");
        (Value modes, Value numbers) = (node.Tensor("nodes_modes")!, node.Tensor("nodes_splits")!);
        int count = features.Count;
        TreeModels.Require(
            new[] { trueIds.Count, falseIds.Count, trueLeaves.Count, falseLeaves.Count, modes.Count, numbers.Count }.All(other => other == count), node, $"lists of {count} nodes of one length");
        Queue<double[]> members = Members(node.Tensor("membership_values"));
        int more = Enumerable.Range(0, count).Count(i => modes[i] == Member) == members.Count ? members.Sum(set => Math.Max(set.Length, 1) - 1) : throw new GraphException($"{node.Operator} expects a set of members for each node that asks for one, found {members.Count}.");

        // A node that asks whether x is in a set is a chain of nodes that ask whether it is one of them.
        var forest = new Forest();
        var chains = new List<(double[] Others, int Feature, bool TakesMissing, int True, int False)>();
        int firstLeaf = count + more, next = count;
        int Place(long id, long isLeaf) => isLeaf != 0 ? checked(firstLeaf + (int)id) : checked((int)id);
        for (int i = 0; i < count; i++)
        {
            (int whereTrue, int whereFalse, bool isMissing) = (Place(trueIds[i], trueLeaves[i]), Place(falseIds[i], falseLeaves[i]), i < missing.Count && missing[i] != 0);
            if (modes[i] != Member)
            {
                TreeModels.Require(modes[i] is >= 0 and < Member, node, $"modes from 0 to {Member}, found {modes[i]}");
                forest.Add((TreeComparison)(int)modes[i], checked((int)features[i]), numbers[i], isMissing, whereTrue, whereFalse);
                continue;
            }

            double[] set = members.Dequeue();
            forest.Add(TreeComparison.EQ, checked((int)features[i]), set.Length > 0 ? set[0] : double.NaN, isMissing, whereTrue, set.Length > 1 ? next : whereFalse);
            next += Math.Max(set.Length, 1) - 1;
            if (set.Length > 1)
                chains.Add((set[1..], checked((int)features[i]), isMissing, whereTrue, whereFalse));
        }

        foreach ((double[] rest, int feature, bool isMissing, int whereTrue, int whereFalse) in chains)
        {
            for (int k = 0; k < rest.Length; k++)
                forest.Add(TreeComparison.EQ, feature, rest[k], isMissing, whereTrue, k + 1 < rest.Length ? forest.Count + 1 : whereFalse);
        }

        for (int i = 0; i < Integers(node, "leaf_targetids").Count; i++)
            forest.AddLeaf();
        forest.Roots.AddRange(Integers(node, "tree_roots").Select(root => checked((int)root)));
        return forest;
    }

    /// <summary>Trees of the form of versions 1 and 3: nodes by the numbers of their tree and of themselves. A tree begins at the node that is no other's child.</summary>
    public static Listed Read(OnnxNode node)
    {
        IReadOnlyList<long> trees = Integers(node, "nodes_treeids"), ids = Integers(node, "nodes_nodeids"), features = Integers(node, "nodes_featureids");
        IReadOnlyList<long> trueIds = Integers(node, "nodes_truenodeids"), falseIds = Integers(node, "nodes_falsenodeids"), missing = Integers(node, "nodes_missing_value_tracks_true");
        IReadOnlyList<string> modes = node.Texts("nodes_modes") ?? [];
        Value numbers = TreeModels.Numbers(node, "nodes_values") ?? Value.Zeros(DType.Float32, 0);
        int count = trees.Count;
        TreeModels.Require(
            new[] { ids.Count, features.Count, trueIds.Count, falseIds.Count, modes.Count, numbers.Count }.All(other => other == count), node, $"lists of {count} nodes of one length");
        var places = new Dictionary<(long Tree, long Id), int>();
        for (int i = 0; i < count; i++)
            TreeModels.Require(places.TryAdd((trees[i], ids[i]), i), node, $"different numbers of nodes in a tree, found {ids[i]} twice in tree {trees[i]}");
        var listed = new Listed(new Forest(), places, node.Operator);
        var children = new HashSet<int>();
        for (int i = 0; i < count; i++)
        {
            if (modes[i] == "LEAF")
            {
                listed.Forest.AddLeaf();
                continue;
            }

            TreeModels.Require(modes[i].StartsWith("BRANCH_", StringComparison.Ordinal) && Enum.TryParse<TreeComparison>(modes[i][7..], out _), node, $"nodes that are a BRANCH or a LEAF, found {modes[i]}");
            (int whereTrue, int whereFalse) = (listed.Place(trees[i], trueIds[i]), listed.Place(trees[i], falseIds[i]));
            children.UnionWith([whereTrue, whereFalse]);
            listed.Forest.Add(Enum.Parse<TreeComparison>(modes[i][7..]), checked((int)features[i]), numbers[i], i < missing.Count && missing[i] != 0, whereTrue, whereFalse);
        }

        listed.Forest.Roots.AddRange(Enumerable.Range(0, count).Where(i => !children.Contains(i)));
        TreeModels.Require(listed.Forest.Roots.Count == trees.Distinct().Count(), node, $"one first node for each tree, found {listed.Forest.Roots.Count} nodes that are no other's child");
        return listed;
    }

    private static IReadOnlyList<long> Integers(OnnxNode node, string name) => node.Integers(name) ?? [];

    /// <summary>The sets, which NaN separates.</summary>
    private static Queue<double[]> Members(Value? values)
    {
        var sets = new Queue<double[]>();
        var open = new List<double>();
        for (int i = 0; i < (values?.Count ?? 0); i++)
        {
            if (!double.IsNaN(values![i]))
            {
                open.Add(values[i]);
                continue;
            }

            sets.Enqueue([.. open]);
            open.Clear();
        }

        if (open.Count > 0)
            sets.Enqueue([.. open]);
        return sets;
    }

    /// <summary>Trees whose nodes have numbers of their own.</summary>
    /// <param name="Forest">The trees.</param>
    /// <param name="Places">The place of a node by the number of its tree and its own.</param>
    /// <param name="Operator">The operator, for messages.</param>
    public sealed record Listed(Forest Forest, IReadOnlyDictionary<(long Tree, long Id), int> Places, string Operator)
    {
        /// <summary>The place of a node.</summary>
        /// <exception cref="GraphException">There is none of this number.</exception>
        public int Place(long tree, long id) =>
            Places.TryGetValue((tree, id), out int place) ? place : throw new GraphException($"{Operator} expects nodes that exist, found node {id} of tree {tree}.");
    }
}
