using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>
/// A gradient that is zero where a branch was not taken, as <see cref="Where"/>, <see cref="Max"/> or <see cref="Relu"/> hand it back. Rules of elementwise operations multiply what came
/// in before the choice, and choose afterwards: Where(c, g, 0)·d becomes Where(c, g·d, 0). So a branch that was not taken contributes exactly 0, even where its derivative d is infinite or NaN.
/// </summary>
/// <param name="Conditions">The conditions, each with the answer that takes the branch; all must give it.</param>
/// <param name="Inner">The gradient where the branch was taken; anything elsewhere.</param>
internal sealed record Choice(IReadOnlyList<(Variable Condition, bool Answer)> Conditions, Variable Inner)
{
    // Choices within choices are made one after the other up to here; more become one, so that a long chain of them costs each operation the same.
    private const int Most = 4;

    /// <summary>The choice that a gradient is, or null.</summary>
    public static Choice? Of(Variable gradient)
    {
        var conditions = new List<(Variable, bool)>();
        Variable inner = gradient;
        while (inner.Producer is { Operation: Where } node)
        {
            bool answer = IsZero(node.Inputs[2]);
            if (!answer && !IsZero(node.Inputs[1]))
                break;
            conditions.Add((node.Inputs[0], answer));
            inner = node.Inputs[answer ? 1 : 2];
        }

        return conditions.Count == 0 ? null : new Choice(conditions, inner.Shape == gradient.Shape ? inner : Ops.ExpandLike(inner, gradient));
    }

    /// <summary>The choice that a gradient is, if each of its elements has conditions of its own, which can move as it does; or null.</summary>
    public static Choice? OfElements(Variable gradient) => Of(gradient) is { } choice && choice.Conditions.All(c => c.Condition.Shape == gradient.Shape) ? choice : null;

    /// <summary>The value where the branch was taken, 0 elsewhere.</summary>
    public Variable Take(Variable value) => Conditions.Count > Most
        ? Ops.Where(Conditions.Select(c => c.Answer ? c.Condition : new Not().Apply(c.Condition)).Aggregate((x, y) => new And().Apply(x, y)), value, 0)
        : Conditions.Reverse().Aggregate(value, (v, c) => c.Answer ? Ops.Where(c.Condition, v, 0) : Ops.Where(c.Condition, 0, v));

    /// <summary>The same choice after conditions and gradient have been moved to other places.</summary>
    public Choice Move(Func<Variable, Variable> move) => new([.. Conditions.Select(c => (move(c.Condition), c.Answer))], move(Inner));

    /// <summary>A gradient after a function that moves its elements.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="move">What moves elements of any type.</param>
    public static Variable Moved(Variable gradient, Func<Variable, Variable> move) =>
        OfElements(gradient)?.Move(move) is { } moved ? moved.Take(moved.Inner) : move(gradient);

    /// <summary>The gradient of an input that was broadcast: the sum of what was chosen, and itself a choice, of the places where the sum is not 0.</summary>
    /// <param name="contribution">The contribution before the sum, with its choice made.</param>
    /// <param name="input">The input.</param>
    public static Variable Undo(Variable contribution, Variable input)
    {
        Variable sum = Broadcasting.Undo(contribution, input);
        return sum == contribution || IsLeaf(input) ? sum : Nonzero(sum);
    }

    /// <summary>The sum of two gradients of one variable.</summary>
    public static Variable Add(Variable left, Variable right, Variable variable)
    {
        if (IsLeaf(variable) || Of(left) is not { } a || Of(right) is not { } b)
            return left + right;
        if (a.Conditions.SequenceEqual(b.Conditions))
            return a.Take(a.Inner + b.Inner);
        if (a.Conditions is [var (one, yes)] && b.Conditions is [var (other, no)] && one == other && yes != no)
            return yes ? Ops.Where(one, a.Inner, b.Inner) : Ops.Where(one, b.Inner, a.Inner);
        return Nonzero(left + right);
    }

    /// <summary>A sum of chosen gradients, the choice of places where it is not 0: where no branch was taken it is.</summary>
    private static Variable Nonzero(Variable sum) => Ops.Where(Ops.Equal(sum, Variable.Scalar(0, sum.DType)), 0, sum);

    /// <summary>Whether a variable is an input, a parameter or a constant in another shape: behind it there is nothing that a zero could be multiplied with.</summary>
    private static bool IsLeaf(Variable variable)
    {
        while (variable.Producer is { Operation: ViewOperation or Transpose or Expand or Identity or Cast } node)
            variable = node.Inputs[0];
        return variable.Producer is null;
    }

    private static bool IsZero(Variable variable) => variable.Constant is { Count: 1 } number && number[0] == 0;
}
