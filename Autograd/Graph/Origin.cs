namespace Toolkit.Autograd.Graph;

/// <summary>
/// Where a node comes from: what a person calls the place. It takes no part in the equality of nodes and has no influence on results; every transformation keeps it, and
/// errors, profiles and exported models show it.
/// </summary>
public sealed record Origin
{
    /// <summary>The name of the node itself, as a file gives one; null if it has none.</summary>
    public string? Name { get; init; }

    /// <summary>The layer that the node belongs to, the parts joined by dots (<c>block1.dense2</c>); empty for none.</summary>
    public string Layer { get; init; } = string.Empty;

    /// <summary>What a file says about the node; empty for nothing.</summary>
    public string Documentation { get; init; } = string.Empty;

    /// <summary>Further facts that a file keeps with the node.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gives this origin to the nodes between some variables and others that have none yet.</summary>
    /// <param name="results">Where to begin.</param>
    /// <param name="inputs">Where to stop: what computes these is not looked at.</param>
    public void Mark(IEnumerable<Variable> results, IEnumerable<Variable> inputs)
    {
        var stops = new HashSet<Variable>(inputs, ReferenceEqualityComparer.Instance);
        foreach (Node node in TopologicalOrder.Of(results, v => stops.Contains(v) || v.Producer!.Origin is not null))
        {
            node.Origin = this;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => (Layer, Name) switch
    {
        ("", null) => "",
        ("", _) => Name,
        (_, null) => Layer,
        _ => $"{Layer}/{Name}",
    };
}
