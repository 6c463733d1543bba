using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// Which nodes run together. A group has one sink, its last node; another elementwise node of the same shape joins if every node that takes its result
/// is in the group already. So nothing outside depends on a member but on the sink, and the group can run where the sink stands. Members that
/// are themselves outputs or updates are stored besides: that is how an optimizer's moments and weights are updated in one pass. A cast that widens halves is computed in every
/// group that reads it, so that halves are stored and nothing else.
/// </summary>
internal sealed class FusionGroups
{
    // Enough for any optimizer step, small enough for the registers of a tile to stay in cache.
    private const int LargestGroup = 40;

    private readonly Dictionary<Node, List<Node>> chains = new(ReferenceEqualityComparer.Instance);

    /// <summary>Groups nodes.</summary>
    /// <param name="nodes">The nodes in topological order.</param>
    /// <param name="kernels">The groups that have been found already, by their last node.</param>
    /// <param name="roots">The outputs and the new values of parameters.</param>
    /// <param name="fuse">Whether elementwise nodes run together.</param>
    public FusionGroups(IReadOnlyList<Node> nodes, IReadOnlyDictionary<Node, Group> kernels, IReadOnlyCollection<Variable> roots, bool fuse)
    {
        var taken = new HashSet<Node>(kernels.Values.SelectMany(g => g.Nodes), ReferenceEqualityComparer.Instance);
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
            if (node.Operation is not ElementwiseOperation || taken.Contains(node) || HasTexts(node))
            {
                continue;
            }

            if (fuse && OnHalves.HalvesBehind(node.Outputs[0]) is not null && !roots.Contains(node.Outputs[0]) && ChainsOf(node, consumers) is { Length: > 1 } all)
            {
                foreach (List<Node> one in all)
                {
                    one.Add(node);
                }

                taken.Add(node);
                continue;
            }

            List<Node>? chain = null;
            if (fuse && consumers.TryGetValue(node, out List<Node>? takers) && chains.TryGetValue(takers[0], out chain)
                && (chain.Count >= LargestGroup || chain[0].Outputs[0].Shape != node.Outputs[0].Shape || takers.Any(t => chains.GetValueOrDefault(t) != chain)))
            {
                chain = null;
            }

            chain ??= [];
            chain.Add(node);
            chains[node] = chain;
        }

        foreach (Node node in nodes)
        {
            if (kernels.TryGetValue(node, out Group? group))
            {
                Ordered.Add(group);
            }
            else if (!chains.TryGetValue(node, out List<Node>? chain))
            {
                if (!taken.Contains(node))
                {
                    Ordered.Add(new KernelGroup(node));
                }
            }
            else if (chain[0] == node)
            {
                chain.Reverse();
                Ordered.Add(new ElementwiseGroup(chain));
            }
        }
    }

    /// <summary>The chains that read the result of a node; null where anything else does.</summary>
    private List<Node>[]? ChainsOf(Node node, Dictionary<Node, List<Node>> consumers)
    {
        List<Node>?[] all = [.. consumers.GetValueOrDefault(node, []).Select(taker => chains.GetValueOrDefault(taker)).Distinct()];
        return all.All(chain => chain?.Count < LargestGroup && chain[0].Outputs[0].Shape == node.Outputs[0].Shape) ? [.. all.OfType<List<Node>>()] : null;
    }

    /// <summary>Texts are objects, which no tile of memory holds.</summary>
    private static bool HasTexts(Node node) => node.Inputs.Concat(node.Outputs).Any(variable => variable.DType == DType.String);

    /// <summary>The groups in an order in which they can run.</summary>
    public List<Group> Ordered { get; } = [];
}
