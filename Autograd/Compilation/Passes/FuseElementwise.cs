using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Lowering;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// Elementwise operations of one shape run together, tile by tile. A group has one sink, its last node; another node joins if every node that takes its result
/// is in the group already. So nothing outside depends on a member but on the sink, and the group can run where the sink stands. Members that
/// are themselves outputs or updates are stored besides: that is how an optimizer's moments and weights are updated in one pass. A cast that widens halves is computed in every
/// group that reads it, so that halves are stored and nothing else.
/// </summary>
internal sealed class FuseElementwise : GroupingPass
{
    // Enough for any optimizer step, small enough for the registers of a tile to stay in cache.
    private const int LargestGroup = 40;

    public override string Name => "fuse elementwise operations";

    public override bool IsOn(CompilationOptions options) => options.FuseElementwise;

    public override IReadOnlyList<Group> Apply(IReadOnlyList<Group> groups, IReadOnlyList<Variable> roots)
    {
        Dictionary<Node, List<Node>> takersOf = TakersIn(groups), chains = new(ReferenceEqualityComparer.Instance);

        // From the end to the start, so that the takers of a node have their chains when its turn comes.
        for (int i = groups.Count - 1; i >= 0; i--)
        {
            if (groups[i] is not ElementwiseGroup { Sink: var node })
                continue;
            if (OnHalves.HalvesBehind(node.Outputs[0]) is not null && !roots.Contains(node.Outputs[0]) && ChainsOf(node) is { Length: > 1 } all)
            {
                foreach (List<Node> one in all)
                    one.Add(node);
                continue;
            }

            List<Node>? chain = null;
            if (takersOf.TryGetValue(node, out List<Node>? takers) && chains.TryGetValue(takers[0], out chain)
                && (chain.Count >= LargestGroup || chain[0].Outputs[0].Shape != node.Outputs[0].Shape || takers.Any(t => chains.GetValueOrDefault(t) != chain)))
            {
                chain = null;
            }

            chain ??= [];
            chain.Add(node);
            chains[node] = chain;
        }

        var fused = new List<Group>();
        foreach (Group group in groups)
        {
            if (group is not ElementwiseGroup)
            {
                fused.Add(group);
            }
            else if (chains.GetValueOrDefault(group.Sink) is { } chain && chain[0] == group.Sink)
            {
                chain.Reverse();
                fused.Add(new ElementwiseGroup(chain));
            }
        }

        return fused;

        // The chains that read the result of a node; null where anything else does.
        List<Node>[]? ChainsOf(Node node)
        {
            List<Node>?[] all = [.. takersOf.GetValueOrDefault(node, []).Select(taker => chains.GetValueOrDefault(taker)).Distinct()];
            return all.All(chain => chain?.Count < LargestGroup && chain[0].Outputs[0].Shape == node.Outputs[0].Shape) ? [.. all.OfType<List<Node>>()] : null;
        }
    }

    /// <summary>For each node those that take its results.</summary>
    private static Dictionary<Node, List<Node>> TakersIn(IReadOnlyList<Group> groups)
    {
        var takers = new Dictionary<Node, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (Node node in groups.SelectMany(group => group.Nodes))
        {
            foreach (Node producer in node.Inputs.Select(input => input.Producer).OfType<Node>())
            {
                if (!takers.TryGetValue(producer, out List<Node>? list))
                    takers[producer] = list = [];
                list.Add(node);
            }
        }

        return takers;
    }
}
