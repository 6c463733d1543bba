using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>
/// A way to write a function whose derivatives by the chain rule lose everything on the way, because a result between is 0, infinite or rounded, although they are plain numbers. The function is
/// differentiated as the equal one that does not. Its value stays what it is.
/// </summary>
internal abstract class Equivalent
{
    private static readonly IReadOnlyList<Equivalent> All = [new Norm(), new LogOfProduct(), new LogOfSoftmax(), new LogOfOnePlusExp(), new LogisticQuotient(), new FilledQuotient()];

    /// <summary>The equal function of a node's only result, and the variables at which it starts; null where nothing better is known.</summary>
    public static (Variable Same, IReadOnlyList<Variable> Behind)? Of(Node node)
    {
        foreach (Equivalent equivalent in All)
        {
            if (equivalent.Match(node) is { } found)
                return found;
        }

        return null;
    }

    protected abstract (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node);

    /// <summary>Whether a variable is the constant 1.</summary>
    private protected static bool IsOne(Variable variable) => variable.Constant is { Count: 1 } number && number[0] == 1;
}
