using System.Collections.ObjectModel;

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
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What a file calls the results of the node, empty texts for results without a name; an exported model calls them so again.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];

    /// <summary>Gives this origin, without the names of results, to the nodes between some variables and others that have none yet.</summary>
    /// <param name="results">Where to begin.</param>
    /// <param name="inputs">Where to stop: what computes these is not looked at.</param>
    public void Mark(IEnumerable<Variable> results, IEnumerable<Variable> inputs)
    {
        Origin unnamed = Results.Count == 0 ? this : this with { Results = [] };
        var stops = new HashSet<Variable>(inputs, ReferenceEqualityComparer.Instance);
        foreach (Node node in TopologicalOrder.Of(results, v => stops.Contains(v) || v.Producer!.Origin is not null))
        {
            node.Origin = unnamed;
        }
    }

    /// <summary>Gives this origin to the nodes that compute the results of a node in its place; where they had no origin, the results have its names.</summary>
    /// <param name="results">One for each result of the node.</param>
    /// <param name="inputs">Its inputs.</param>
    public void MarkResults(IReadOnlyList<Variable> results, IEnumerable<Variable> inputs)
    {
        Variable[] given = [.. inputs];
        Node[] producers =
        [
            .. results.Take(Results.Count).Except(given).Select(result => result.Producer).OfType<Node>().Where(node => node.Origin is null).Distinct(),
        ];
        Mark(results, given);
        foreach (Node node in producers)
        {
            node.Origin = this with { Results = [.. node.Outputs.Select(NameOf)] };
        }

        string NameOf(Variable output)
        {
            int position = Results.Count - 1;
            while (position >= 0 && !(position < results.Count && ReferenceEquals(results[position], output)))
                position--;
            return position < 0 ? string.Empty : Results[position];
        }
    }

    /// <inheritdoc/>
    public override string ToString() => (Layer, Name) switch
    {
        ("", null) => Results.FirstOrDefault(name => name.Length > 0) ?? "",
        ("", _) => Name,
        (_, null) => Layer,
        _ => $"{Layer}/{Name}",
    };
}
