using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>
/// The sizes that take the place of symbols where a graph is built anew: a node that is made again binds symbols of its own. A size of a body's input that is a symbol stands for what the node has there; one that follows from
/// symbols, as 2·n, speaks of those of the graph around, and has to follow them.
/// </summary>
internal sealed class SymbolRenaming
{
    private readonly Dictionary<Symbol, Dim> renamed = [];
    private readonly Dictionary<Variable, Variable> inputs = new(ReferenceEqualityComparer.Instance);

    /// <summary>Learns what a symbol has become from a variable and the one that takes its place.</summary>
    public void Learn(Variable old, Variable now)
    {
        for (int axis = 0; axis < old.Shape.Rank && now.Shape.Rank == old.Shape.Rank; axis++)
        {
            if (old.Shape[axis].Symbol is { } symbol && now.Shape[axis] != old.Shape[axis])
                renamed.TryAdd(symbol, now.Shape[axis]);
        }
    }

    /// <summary>The input of a body in the new graph; the same object if its sizes do not follow from a symbol that is another there.</summary>
    public Variable Of(Variable input)
    {
        if (renamed.Count == 0 || !input.Shape.Where(dim => dim.Symbol is null).Concat(input.Content ?? []).Any(dim => dim.Symbols.Any(renamed.ContainsKey)))
            return input;
        return inputs.TryGetValue(input, out Variable? known)
            ? known
            : inputs[input] = Variable.Formal(input.Name!, input.Type with { Shape = [.. input.Shape.Select(Of)] }, input.Content is { } content ? [.. content.Select(Of)] : null);
    }

    private Dim Of(Dim dim) => dim.Substitute(renamed.GetValueOrDefault);
}
