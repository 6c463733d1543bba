using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Gradients;

/// <summary>How back-propagation comes from the variables that are differentiated through a node to those asked for, for messages.</summary>
/// <param name="order">The nodes in topological order.</param>
/// <param name="between">What depends on the variables asked for.</param>
/// <param name="ys">The variables that are differentiated.</param>
/// <param name="wrt">The variables asked for.</param>
internal sealed class GradientPath(IReadOnlyList<Node> order, HashSet<Variable> between, IReadOnlyList<Variable> ys, IReadOnlyList<Variable> wrt)
{
    // Of a long way the two ends.
    private const int ShownAtEachEnd = 6;

    /// <summary>One way through a node, from the end to the beginning, with what a person calls its places.</summary>
    public string Through(Node node)
    {
        string[] places = [.. Behind(node).Reverse().Select(Label), Label(node), .. Before(node)];
        int left = places.Length - (2 * ShownAtEachEnd);
        return string.Join(" → ", left <= 1 ? places : [.. places[..ShownAtEachEnd], $"… ({left} more) …", .. places[^ShownAtEachEnd..]]);
    }

    /// <summary>The nodes from the one that reads a result of the node to one that gives a y.</summary>
    private Stack<Node> Behind(Node node)
    {
        var cameFrom = new Dictionary<Node, Node?>(ReferenceEqualityComparer.Instance) { [node] = null };
        Node? end = ys.Any(node.Outputs.Contains) ? node : null;
        for (int i = 0; i < order.Count && end is null; i++)
        {
            Node? producer = order[i].Inputs.Select(input => input.Producer).FirstOrDefault(p => p is not null && cameFrom.ContainsKey(p));
            if (producer is null || !cameFrom.TryAdd(order[i], producer))
                continue;
            end = ys.Any(order[i].Outputs.Contains) ? order[i] : null;
        }

        var way = new Stack<Node>();
        for (Node? at = end; at is not null && at != node; at = cameFrom[at])
            way.Push(at);
        return way;
    }

    /// <summary>The nodes before the node, and the variable asked for at which they begin.</summary>
    private IEnumerable<string> Before(Node node)
    {
        Variable? at = node.Inputs.First(between.Contains);
        while (at is not null)
        {
            bool isAsked = wrt.Contains(at);
            yield return isAsked || at.Producer is null ? $"{at}" : Label(at.Producer);
            at = isAsked ? null : at.Producer?.Inputs.First(between.Contains);
        }
    }

    private static string Label(Node node) => node.Operation.Name + (node.Origin?.ToString() is { Length: > 0 } place ? $" of \"{place}\"" : string.Empty);
}
