namespace Toolkit.Autograd.Graph;

/// <summary>
/// Builds a graph anew with changes. What does not change is shared with the old graph, and what is built anew keeps its <see cref="Origin"/>. Derive from it to
/// change leaves or nodes; an object serves one graph, the bodies of operations included.
/// </summary>
public abstract class GraphTransform : GraphWalk<Variable>
{
    private readonly Func<Variable, Variable> map;
    private readonly Dictionary<Node, Node> originals = new(ReferenceEqualityComparer.Instance);
    private readonly SymbolRenaming symbols = new();

    /// <summary>Creates the transform of one graph.</summary>
    protected GraphTransform() => map = Map;

    /// <summary>The computation with the same names whose results are transformed; the same object if nothing changes.</summary>
    /// <param name="signature">The computation.</param>
    public Signature Apply(Signature signature)
    {
        VisitAll(signature.Nodes);
        Output[] outputs = [.. signature.Outputs.Select(o => o with { Variable = Map(o.Variable) })];
        Update[] updates = [.. signature.Updates.Select(u => u with { NewValue = Map(u.NewValue) })];
        return outputs.SequenceEqual(signature.Outputs) && updates.SequenceEqual(signature.Updates)
            ? signature
            : new Signature(signature.Inputs, outputs, updates, signature.Name);
    }

    /// <summary>The leaf itself.</summary>
    /// <param name="leaf">An input, a parameter or a constant.</param>
    protected override Variable Leaf(Variable leaf) => leaf;

    /// <summary>What takes the place of a node's results: by default the node over the transformed inputs.</summary>
    /// <param name="node">The node of the old graph.</param>
    /// <param name="inputs">Its inputs in the new graph.</param>
    protected virtual IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => Rebuild(node, inputs);

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<Variable> Visit(Node node)
    {
        IReadOnlyList<Variable> results = Visit(Descend(node), node.Inputs.Map(map));

        // What is in the new graph already stays as it is, should it come up again.
        foreach (Variable result in results)
        {
            if (!IsKnown(result))
            {
                Set(result, result);
            }
        }

        for (int i = 0; i < results.Count && node.Symbols.Count > 0; i++)
            symbols.Learn(node.Outputs[i], results[i]);
        return results;
    }

    /// <summary>Decides beforehand what takes the place of a variable, and of the symbols in its shape.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="replacement">What takes its place.</param>
    protected void Replace(Variable variable, Variable replacement)
    {
        Set(variable, replacement);
        symbols.Learn(variable, replacement);
    }

    /// <summary>The node of the old graph of which <see cref="Visit(Node, Arguments)"/> is given one with transformed bodies.</summary>
    /// <param name="node">What it is given.</param>
    protected Node OriginalOf(Node node) => originals.GetValueOrDefault(node, node);

    /// <summary>The node with the bodies of its operation transformed; the node itself if nothing changes or there are none.</summary>
    private Node Descend(Node node)
    {
        if (node.Operation is not IHasBodies { Bodies: var bodies } operation)
        {
            return node;
        }

        Body[] changed = [.. bodies.Select(Changed)];
        if (changed.Zip(bodies).All(pair => ReferenceEquals(pair.First, pair.Second)))
        {
            return node;
        }

        var inside = new Node(operation.With(changed), node.Inputs) { Origin = node.Origin };
        originals.Add(inside, node);
        return inside;
    }

    private Body Changed(Body body)
    {
        Variable[] inputs = [.. body.Inputs.Select(symbols.Of)];
        foreach ((Variable input, Variable changed) in body.Inputs.Zip(inputs).Where(pair => pair.First != pair.Second))
            Set(input, changed);
        return body.With(inputs, [.. body.Outputs.Select(map)]);
    }

    /// <summary>The results of a node's operation over other inputs, with the node's origin; its own results if the inputs are the same.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">The inputs.</param>
    protected static IReadOnlyList<Variable> Rebuild(Node node, Arguments inputs) =>
        ReferenceEquals(inputs, node.Inputs) ? node.Outputs : new Node(node.Operation, inputs) { Origin = node.Origin }.Outputs;

    /// <summary>The same results in other operations, transformed as well; nodes without an origin get that of the node which they stand for.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs in the new graph.</param>
    /// <param name="same">For each result a variable of the same value, computed from the inputs.</param>
    protected IReadOnlyList<Variable> Through(Node node, Arguments inputs, IReadOnlyList<Variable> same)
    {
        foreach (Variable input in inputs)
        {
            if (!IsKnown(input))
            {
                Set(input, input);
            }
        }

        if (node.Origin is { } origin)
        {
            origin.MarkResults(same, inputs);
        }

        return [.. same.Select(map)];
    }
}
