namespace Toolkit.Autograd.Graph;

/// <summary>
/// A walk over a graph from its leaves to its results: every variable is mapped to something, once: a value (interpreter), a fact (what depends on what), or a
/// variable of another graph (<see cref="GraphTransform"/>). Without recursion, so depth is limited by memory alone.
/// </summary>
/// <typeparam name="T">What a variable is mapped to.</typeparam>
public abstract class GraphWalk<T>
    where T : notnull
{
    private readonly Dictionary<Variable, T> known = new(ReferenceEqualityComparer.Instance);

    /// <summary>What a variable is mapped to; the nodes before it that have not been visited yet are visited first.</summary>
    /// <param name="variable">The variable.</param>
    public T Map(Variable variable)
    {
        if (known.TryGetValue(variable, out T? result))
        {
            return result;
        }

        if (variable.Producer is null)
        {
            return known[variable] = Leaf(variable);
        }

        VisitAll(TopologicalOrder.Of([variable], known.ContainsKey));
        return known[variable];
    }

    /// <summary>Whether a variable has been mapped.</summary>
    /// <param name="variable">The variable.</param>
    protected bool IsKnown(Variable variable) => known.ContainsKey(variable);

    /// <summary>Decides beforehand what a variable is mapped to; the node that computes it is not visited for its sake.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="result">What it is mapped to.</param>
    protected void Set(Variable variable, T result) => known[variable] = result;

    /// <summary>Visits nodes that have not been visited, each after those that it needs.</summary>
    /// <param name="nodes">The nodes in topological order.</param>
    protected void VisitAll(IEnumerable<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            if (node.Outputs.All(known.ContainsKey))
            {
                continue;
            }

            IReadOnlyList<T> results = Visit(node);
            for (int i = 0; i < results.Count; i++)
            {
                known.TryAdd(node.Outputs[i], results[i]);
            }
        }
    }

    /// <summary>What an input, a parameter or a constant is mapped to.</summary>
    /// <param name="leaf">The variable.</param>
    protected abstract T Leaf(Variable leaf);

    /// <summary>What the results of a node are mapped to; its inputs are mapped already (<see cref="Map"/>).</summary>
    /// <param name="node">The node.</param>
    /// <returns>One for each result.</returns>
    protected abstract IReadOnlyList<T> Visit(Node node);
}
