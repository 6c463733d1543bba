using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>What equal functions see of a graph: a variable that is asked for is where they start, whatever it is computed from. What a node owes to it would be lost if they looked through it.</summary>
/// <param name="asked">The variables that are asked for.</param>
internal sealed class Sight(HashSet<Variable> asked)
{
    /// <summary>The node that a variable comes from; null for one that is asked for.</summary>
    public Node? Producer(Variable variable) => asked.Contains(variable) ? null : variable.Producer;

    /// <summary>What a variable is if it is a constant; null for one that is asked for.</summary>
    public Value? Constant(Variable variable) => asked.Contains(variable) ? null : variable.Constant;

    /// <summary>Whether a variable is the constant 1.</summary>
    public bool IsOne(Variable variable) => IsNumber(variable, 1);

    /// <summary>Whether a variable is a constant of one element, a given number.</summary>
    public bool IsNumber(Variable variable, double number) => Constant(variable) is { Count: 1 } constant && constant[0] == number;

    /// <summary>Whether two variables are computed alike, as where an expression is written twice, and nothing that is asked for is in one of the two only.</summary>
    public bool IsSame(Variable x, Variable y, int depth = 4) => x == y
        || (Constant(x) is { Count: 1 } a && Constant(y) is { Count: 1 } b && a[0] == b[0])
        || (depth > 0 && Producer(x) is { Outputs.Count: 1 } left && Producer(y) is { Outputs.Count: 1 } right && left.Operation.Equals(right.Operation) && left.Inputs.Length == right.Inputs.Length
            && left.Inputs.Zip(right.Inputs).All(pair => IsSame(pair.First, pair.Second, depth - 1)));
}
