using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <content>Branches and loops.</content>
public static partial class Ops
{
    /// <summary>One of two computations, chosen when the graph runs; the other does not run, and no gradient flows through it.</summary>
    /// <param name="condition">A bool with one element.</param>
    /// <param name="arguments">The variables that the branches read; parameters and inputs may be read without being named here.</param>
    /// <param name="then">What is computed from the arguments where the condition is true.</param>
    /// <param name="otherwise">What is computed where it is false: as many results, of the same types.</param>
    /// <returns>The results of the branch that is taken.</returns>
    /// <exception cref="GraphException">The branches give different numbers of results.</exception>
    /// <exception cref="ShapeException">They give different types, or the condition has not one element.</exception>
    /// <exception cref="DTypeException">The condition is no bool.</exception>
    public static IReadOnlyList<Variable> If(
        Variable condition,
        IReadOnlyList<Variable> arguments,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>> then,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>> otherwise)
    {
        Variable[] inputs = [.. arguments.Select((argument, i) => Variable.Formal(argument.Name ?? $"argument{i}", argument.Type, argument.Content))];
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = BodyClosing.Close([(inputs, then(inputs)), (inputs, otherwise(inputs))]);
        return new If(bodies[0], bodies[1]).ApplyAll([condition, .. arguments, .. captured]);
    }
}
