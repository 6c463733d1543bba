using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// Which nodes run together. A group has one sink, its last node; another elementwise node of the same shape joins if every node that takes its result
/// is in the group already. So nothing outside depends on a member but on the sink, and the group can run where the sink stands. Members that
/// are themselves outputs or updates are stored besides: that is how an optimizer's moments and weights are updated in one pass.
/// </summary>
internal sealed class FusionGroups
{
    // Enough for any optimizer step, small enough for the registers of a tile to stay in cache.
    private const int LargestGroup = 40;

    private readonly Dictionary<Node, List<Node>> groupOf = new(ReferenceEqualityComparer.Instance);

    public FusionGroups(IReadOnlyList<Node> nodes, bool fuse)
    {
        var consumers = new Dictionary<Node, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (Node node in nodes)
        {
            foreach (Variable input in node.Inputs)
            {
                if (input.Producer is { } producer)
                {
                    if (!consumers.TryGetValue(producer, out List<Node>? list))
                    {
                        consumers[producer] = list = [];
                    }

                    list.Add(node);
                }
            }
        }

        // From the end to the start, so that the consumers of a node have their groups when its turn comes.
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            Node node = nodes[i];
            List<Node>? group = null;
            if (fuse && node.Operation is ElementwiseOperation && consumers.TryGetValue(node, out List<Node>? takers))
            {
                group = groupOf[takers[0]];
                if (group.Count >= LargestGroup
                    || group[0].Operation is not ElementwiseOperation
                    || group[0].Outputs[0].Shape != node.Outputs[0].Shape
                    || takers.Any(t => groupOf[t] != group))
                {
                    group = null;
                }
            }

            group ??= [];
            group.Add(node);
            groupOf[node] = group;
        }

        foreach (Node node in nodes)
        {
            List<Node> group = groupOf[node];
            if (group[0] == node)
            {
                group.Reverse();
                Ordered.Add(group);
            }
        }
    }

    /// <summary>The groups, each in topological order of its members, in an order in which they can run.</summary>
    public List<IReadOnlyList<Node>> Ordered { get; } = [];

    /// <summary>Whether a node belongs to a group.</summary>
    public bool Contains(IReadOnlyList<Node> group, Node node) => groupOf[node] == group;
}
