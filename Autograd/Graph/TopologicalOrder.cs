namespace Toolkit.Autograd.Graph;

/// <summary>Orders nodes so that each comes after the nodes whose results it takes.</summary>
public static class TopologicalOrder
{
    /// <summary>Every node that the roots need, by depth-first search; without recursion, so depth is limited by memory alone.</summary>
    /// <param name="roots">The variables to compute.</param>
    /// <param name="isKnown">Says of a variable that it is there already: the node that computes it is not entered for its sake. Null for none.</param>
    public static IReadOnlyList<Node> Of(IEnumerable<Variable> roots, Func<Variable, bool>? isKnown = null)
    {
        var order = new List<Node>();
        var visited = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var path = new Stack<(Node Node, int Next)>();
        foreach (Variable root in roots)
        {
            Enter(root);
            while (path.TryPop(out (Node Node, int Next) frame))
            {
                if (frame.Next == frame.Node.Inputs.Length)
                {
                    order.Add(frame.Node);
                    continue;
                }

                path.Push((frame.Node, frame.Next + 1));
                if (frame.Node.Inputs.Optional(frame.Next) is { } input)
                {
                    Enter(input);
                }
            }
        }

        return order;

        void Enter(Variable variable)
        {
            if (variable.Producer is not null && isKnown?.Invoke(variable) != true && visited.Add(variable.Producer))
            {
                path.Push((variable.Producer, 0));
            }
        }
    }
}
