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
    public static (Variable Same, IReadOnlyList<Variable> Behind)? Of(Node node)
    {
        foreach (Equivalent equivalent in All)
        {
            // Constants of other shapes that were left away may have made it another.
            if (equivalent.Match(node) is { } found && found.Same.Type == node.Outputs[0].Type)
                return found;
        }

        return null;
    }

    protected abstract (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node);

    /// <summary>Whether a variable is the constant 1.</summary>
    private protected static bool IsOne(Variable variable) => IsNumber(variable, 1);

    /// <summary>Whether a variable is a constant of one element, a given number.</summary>
    private protected static bool IsNumber(Variable variable, double number) => variable.Constant is { Count: 1 } constant && constant[0] == number;

    /// <summary>Whether two variables are computed alike, as where an expression is written twice.</summary>
    private protected static bool IsSame(Variable x, Variable y, int depth = 4) => x == y
        || (x.Constant is { Count: 1 } a && y.Constant is { Count: 1 } b && a[0] == b[0])
        || (depth > 0 && x.Producer is { Outputs.Count: 1 } left && y.Producer is { Outputs.Count: 1 } right && left.Operation.Equals(right.Operation) && left.Inputs.Length == right.Inputs.Length
            && left.Inputs.Zip(right.Inputs).All(pair => IsSame(pair.First, pair.Second, depth - 1)));
}
