namespace Toolkit.Autograd.Graph;

/// <summary>Orders nodes so that each comes after the nodes whose results it takes.</summary>
public static class TopologicalOrder
{
    /// <summary>Every node that the roots need, by depth-first search; without recursion, so depth is limited by memory alone.</summary>
    /// <param name="roots">The variables to compute.</param>
    public static IReadOnlyList<Node> Of(IEnumerable<Variable> roots)
    {
        var order = new List<Node>();
        var visited = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var path = new Stack<(Node Node, int NextInput)>();
        foreach (Variable root in roots)
        {
            Enter(root);
            while (path.TryPop(out (Node Node, int NextInput) frame))
            {
                if (frame.NextInput == frame.Node.Inputs.Count)
                {
                    order.Add(frame.Node);
                    continue;
                }

                path.Push((frame.Node, frame.NextInput + 1));
                Enter(frame.Node.Inputs[frame.NextInput]);
            }
        }

        return order;

        void Enter(Variable variable)
        {
            if (variable.Producer is not null && visited.Add(variable.Producer))
            {
                path.Push((variable.Producer, 0));
            }
        }
    }
}
