using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>
/// A way to write a function whose derivatives by the chain rule lose everything on the way, because a result between is 0, infinite or rounded, although they are plain numbers. The function is
/// differentiated as the equal one that does not. Its value stays what it is.
/// </summary>
internal abstract class Equivalent
{
    private static readonly IReadOnlyList<Equivalent> All = [new Norm(), new Logarithm(), new Quotient(), new FilledQuotient()];

    /// <summary>The equal function of a node's only result, and the variables at which it starts; null where nothing better is known.</summary>
    /// <param name="node">The node.</param>
    /// <param name="asked">The variables that are asked for, of which none is between the node and those at which the equal function starts.</param>
    public static (Variable Same, IReadOnlyList<Variable> Behind)? Of(Node node, HashSet<Variable> asked)
    {
        var see = new Sight(asked);
        foreach (Equivalent equivalent in All)
        {
            // Constants of other shapes that were left away may have made it another.
            if (equivalent.Match(node, see) is { } found && found.Same.Type == node.Outputs[0].Type)
                return found;
        }

        return null;
    }

    protected abstract (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node, Sight see);
}
